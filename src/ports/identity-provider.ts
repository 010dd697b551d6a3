/** One login on its way: what the answer of the provider is bound to. Known to the server alone. */
export type LoginSecrets = {
  readonly state: string;
  readonly nonce: string;
  /** RFC 7636: what proves that the code came to who asked. */
  readonly verifier: string;
};

/** Who the provider says somebody is. An identity is (issuer, subject) and nothing else. */
export type Claimed = {
  readonly issuer: string;
  readonly subject: string;
  readonly name?: string;
  readonly email?: string;
  readonly isEmailVerified: boolean;
  /** Values of the claim that says what somebody may do. */
  readonly groups: readonly string[];
  /** When they proved who they are, where the provider says. Epoch milliseconds. */
  readonly provedAt?: number;
};

export type LoginOutcome =
  | { readonly kind: 'known'; readonly claimed: Claimed }
  | { readonly kind: 'refused'; readonly reason: string };

/** Tells who somebody is, by sending their browser there and back. */
export interface IdentityProvider {
  readonly issuer: string;
  /** What a button calls it. */
  readonly name: string;
  /**
   * Where to send the browser; a reason when the provider cannot be asked now.
   *
   * @param isAnew whether they are to prove who they are although the provider may know them
   */
  begin(
    redirectUri: string,
    secrets: LoginSecrets,
    isAnew?: boolean,
  ): Promise<
    { readonly kind: 'go'; readonly url: string } | { readonly kind: 'unavailable'; readonly reason: string }
  >;
  /** Judges what the browser came back with. */
  finish(address: URL, redirectUri: string, secrets: LoginSecrets): Promise<LoginOutcome>;
  /** Where it signs a browser out; undefined when it does not say, or cannot be asked now. */
  signOutUrl(returnTo: string): Promise<string | undefined>;
  close(): Promise<void>;
}
