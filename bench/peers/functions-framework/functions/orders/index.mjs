// One function answers everything below /orders: the framework routes to functions, not inside them.
import { isOrder, isPath, isQuery, problems } from '../../../ajv.mjs';
import { receipt } from '../../../receipt.mjs';

const LINES = /^\/orders\/([^/]+)\/lines$/;
const answer = (statusCode, body) => ({ statusCode, headers: { 'Content-Type': 'application/json' }, body });

export function main(event, context) {
  const { httpMethod, url } = context.httpContext;
  if (httpMethod === 'POST') {
    if (!isOrder(event)) return answer(400, { errors: problems(isOrder) });
    return answer(201, receipt(event));
  }
  const { pathname, searchParams } = new URL(url);
  const path = { id: LINES.exec(pathname)?.[1] };
  const query = Object.fromEntries(searchParams);
  if (!isPath(path)) return answer(400, { errors: problems(isPath) });
  if (!isQuery(query)) return answer(400, { errors: problems(isQuery) });
  return { ...path, ...query };
}
