import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { reviewQuery } from '../api/review-queries.ts';
import type { ReviewStoryJson } from '../api/shapes.ts';
import { Deed } from '../parts/deed.tsx';
import { Diff } from '../parts/diff.tsx';
import { causeSays, evidenceText, gapSays, reviewTitle, reviewTones } from '../parts/review-text.ts';
import { Tag, Title, Waiting } from '../parts/states.tsx';
import { minuteText, plain } from '../parts/text.ts';
import { useTitles } from '../parts/titles.ts';

/** One proposal: its counts, its diff, and who decided. */
export function Review() {
  const { id } = useParams({ from: '/frame/reviews/$id' });
  const query = useQuery(reviewQuery(id));
  const titleOf = useTitles();
  const review = query.data;
  return (
    <>
      <p className="mb-2 text-sm">
        <Link to="/reviews" search={{}} className="link">
          Reviews
        </Link>
      </p>
      {review === undefined ? (
        <>
          <Title text="Review" />
          <Waiting query={query} />
        </>
      ) : (
        <>
          <Title text={reviewTitle(review)}>
            <Link to="/behaviours/$id" params={{ id: review.behaviour }} className="link">
              {titleOf(review.behaviour)}
            </Link>
          </Title>
          <div className="space-y-4">
            <Decide review={review} />
            <Why review={review} />
            <section className="card min-w-0">
              <h2 className="mb-2">The diff</h2>
              {review.patch === undefined ? (
                <p className="text-soft">
                  {review.gap === undefined ? 'There is none.' : `${gapSays[review.gap]} A person writes it.`}
                </p>
              ) : (
                <>
                  <p className="mb-2 max-w-prose text-soft">
                    Taken with <code>git apply</code> in the folder of packs; then{' '}
                    <code>foldback packs check</code>. Deciding here changes no file.
                  </p>
                  <Diff text={review.patch} name="The diff of the packs" />
                </>
              )}
            </section>
          </div>
        </>
      )}
    </>
  );
}

function Decide({ review }: { readonly review: ReviewStoryJson }) {
  const { id, state, decidedBy, decidedAt, reason } = review;
  const path = `/v1/reviews/${id}/decisions`;
  return (
    <section className="card">
      <h2 className="mb-2 flex flex-wrap justify-between gap-2">
        Decision <Tag tone={reviewTones[state]}>{plain(state)}</Tag>
      </h2>
      {decidedAt !== undefined && (
        <p className="mb-2">
          {minuteText(decidedAt)}
          {decidedBy !== undefined && ` by ${decidedBy}`}
          {reason !== undefined && `: ${reason}`}
        </p>
      )}
      {state === 'proposed' && (
        <div className="flex flex-wrap gap-2">
          <Deed
            scope="behaviours:write"
            text="Take it up"
            path={path}
            json={{ decision: 'accept' }}
            says="Says that somebody will write it into the packs. No file is changed by it."
            takesReason
            isFirst
          />
          <Deed
            scope="behaviours:write"
            text="Turn it down"
            path={path}
            json={{ decision: 'reject' }}
            says="The same is not proposed again while its counts stay as they are."
            takesReason
          />
        </div>
      )}
    </section>
  );
}

function Why({ review }: { readonly review: ReviewStoryJson }) {
  const { evidence, cause, words } = review;
  return (
    <section className="card">
      <h2 className="mb-2">Why</h2>
      <ul className="space-y-1">
        {evidence.map((one) => (
          <li key={`${one.code} ${one.subject}`}>{evidenceText(one)}</li>
        ))}
      </ul>
      {cause !== undefined && (
        <p className="mt-2">{causeSays[cause]} It is a hint by rule, for a person to judge.</p>
      )}
      {words.length > 0 && (
        <p className="mt-2 text-sm text-soft">
          Words of answers, each by five people or more:{' '}
          {words.map(({ word, people }) => `${word} (${people.toLocaleString()})`).join(', ')}
        </p>
      )}
    </section>
  );
}
