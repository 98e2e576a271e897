// An ECMAScript module, found by "main" of its package.json, with an import of its own and a top-level await.
import { sum } from './sum.mjs';

const answer = await Promise.resolve(sum(40, 2));

export const main = async () => ({ answer });
