import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isIncluded, leafHash, merkleTree } from './merkle.ts';

const sha = (...parts: readonly Buffer[]): Buffer =>
  createHash('sha256').update(Buffer.concat(parts)).digest();

/** The definition of RFC 9162, section 2.1.1, word for word. */
function rootByDefinition(leaves: readonly string[]): Buffer {
  if (leaves.length === 0) return sha();
  if (leaves.length === 1) return sha(Buffer.of(0), Buffer.from(leaves[0] ?? ''));
  let split = 1;
  while (split * 2 < leaves.length) split *= 2;
  return sha(Buffer.of(1), rootByDefinition(leaves.slice(0, split)), rootByDefinition(leaves.slice(split)));
}

test('the root is that of the definition in RFC 9162, for every size to 70', () => {
  for (let size = 0; size <= 70; size += 1) {
    const leaves = Array.from({ length: size }, (_, index) => `leaf ${index}`);
    expect(merkleTree(leaves).root).toBe(rootByDefinition(leaves).toString('hex'));
  }
});

test('the hashes of the empty tree and of the empty leaf are the published ones', () => {
  expect(merkleTree([]).root).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  expect(leafHash('')).toBe('6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d');
});

test('every leaf is proven in its place, and nowhere else', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 130 }), fc.nat(), fc.nat(), (size, first, second) => {
      const leaves = Array.from({ length: size }, (_, index) => `leaf ${index}`);
      const tree = merkleTree(leaves);
      const [index, other] = [first % size, second % size];
      const path = tree.proof(index);
      expect(isIncluded(`leaf ${index}`, { index, size, path }, tree.root)).toBe(true);
      if (other !== index) {
        expect(isIncluded(`leaf ${other}`, { index, size, path }, tree.root)).toBe(false);
        expect(isIncluded(`leaf ${index}`, { index: other, size, path }, tree.root)).toBe(false);
      }
      expect(isIncluded(`leaf ${index}`, { index, size, path: [...path, tree.root] }, tree.root)).toBe(false);
      if (path.length > 0) {
        expect(isIncluded(`leaf ${index}`, { index, size, path: path.slice(1) }, tree.root)).toBe(false);
      }
    }),
  );
});

test('a place outside the tree proves nothing', () => {
  const tree = merkleTree(['a']);
  for (const [index, size] of [
    [-1, 1],
    [1, 1],
    [0.5, 2],
    [0, 0],
  ]) {
    expect(isIncluded('a', { index: index ?? 0, size: size ?? 0, path: [] }, tree.root)).toBe(false);
  }
});
