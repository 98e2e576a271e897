import { type BodyParser, NO_BODY, type ParsedBody } from './body-parser.js';
import { collectBytes } from './collect-bytes.js';

/** Every other content type, and none: the body as it is, inflated. */
export const bytes: BodyParser = {
  accepts: () => true,
  read: (request, limits, type) => collectBytes(request, limits, type, parseBytes),
};

function parseBytes(value: Buffer): ParsedBody {
  return value.length === 0 ? NO_BODY : { kind: 'bytes', value };
}
