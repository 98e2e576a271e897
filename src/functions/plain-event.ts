import type { BodyLimits } from '../body/body-limits.js';
import type { ContentType } from '../body/content-type.js';
import { parseContentType } from '../body/content-type.js';
import { parseJson } from '../body/json.js';
import { decodeUtf8 } from '../body/utf8.js';
import { HttpError } from '../errors/http-error.js';
import type { Exchange } from '../server/exchange.js';

/** Methods whose bodies a plain function gets. A `DELETE` with a body is allowed and its body left alone. */
const WITH_BODY: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH']);

// Loaded by the first form: most functions never see one.
let qsModule: Promise<typeof import('qs')> | undefined;

/**
 * A plain function's first argument, by the request's method and content type: `{}` where the method brings no body; an
 * object or array of JSON; text of `text/*`; nested fields of an urlencoded form; fields and files of a multipart form;
 * bytes of everything else.
 */
export function readPlainEvent(exchange: Exchange, limits: BodyLimits): unknown {
  const { method = 'GET', headers } = exchange.request;
  if (!WITH_BODY.has(method)) return {};
  if (headers['content-length'] === undefined && headers['transfer-encoding'] === undefined) return Buffer.alloc(0);
  const header = headers['content-type'];
  const type = header === undefined ? undefined : parseContentType(header);
  if (isJson(type)) {
    const bytes = exchange.readBytes(limits);
    return bytes instanceof Promise ? bytes.then((read) => jsonOf(read, limits)) : jsonOf(bytes, limits);
  }
  if (type?.essence === 'application/x-www-form-urlencoded') return readForm(exchange, limits);
  if (type?.essence.startsWith('text/') === true) return exchange.readText(limits);
  if (type?.essence === 'multipart/form-data') return readMultipart(exchange, limits);
  return exchange.readBytes(limits);
}

function isJson(type: ContentType | undefined): boolean {
  if (type === undefined) return false;
  const { essence } = type;
  return essence === 'application/json' || essence.endsWith('+json') || essence === 'application/csp-report';
}

/** No bytes are `{}`, and a number or a text alone is refused, as it has always been. */
function jsonOf(bytes: Buffer, limits: BodyLimits): unknown {
  if (bytes.length === 0) return {};
  const text = decodeUtf8(bytes);
  if (text === undefined) throw HttpError.of('MALFORMED_JSON', 'it is not UTF-8');
  const value = parseJson(text, limits.maxJsonDepth);
  if (typeof value !== 'object' || value === null) {
    throw HttpError.of('MALFORMED_JSON', 'a plain function takes an object or an array');
  }
  return value;
}

function loadQs(): Promise<typeof import('qs')> {
  return (qsModule ??= import('qs'));
}

/** `a[b]=1` and `a.b=1` are `{ a: { b: '1' } }`: co-body's settings of qs, and our limits. */
async function readForm(exchange: Exchange, limits: BodyLimits): Promise<unknown> {
  const text = await exchange.readText(limits);
  const { parse } = await loadQs();
  try {
    return parse(text, { allowDots: true, parameterLimit: limits.maxFormFields, throwOnLimitExceeded: true });
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw HttpError.of('TOO_MANY_PARTS', `at most ${limits.maxFormFields} fields`, { cause });
  }
}

/** Files first, as ever; a name that a file and a field share has both of them. */
async function readMultipart(exchange: Exchange, limits: BodyLimits): Promise<unknown> {
  const body = await exchange.parseBody(limits);
  if (body.kind !== 'multipart') return {};
  const entries = Object.entries(body.value);
  const files = entries.filter(([, value]) => !isField(value));
  const fields = entries.filter(([, value]) => isField(value));
  // `fromEntries` makes own members of names such as `__proto__` too.
  if (!fields.some(([name]) => name.includes('['))) return Object.fromEntries([...files, ...fields]);
  const { parse, stringify } = await loadQs();
  const nested = parse(stringify(Object.fromEntries(fields), { indices: false }), { parameterLimit: Infinity });
  return { ...Object.fromEntries(files), ...nested };
}

function isField(value: unknown): boolean {
  return Array.isArray(value) ? value.every((each) => typeof each === 'string') : typeof value === 'string';
}
