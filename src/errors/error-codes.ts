/**
 * Every error code that Yunction puts into a problem body, with its HTTP status and its title.
 * docs/results-and-errors.md lists the same codes; a test holds the two together.
 */
export const ERROR_CODES = {
  // The request cannot be read.
  BAD_REQUEST: { status: 400, title: 'Bad request' },
  MALFORMED_URL: { status: 400, title: 'The URL cannot be decoded' },
  MALFORMED_JSON: { status: 400, title: 'The body is not valid JSON' },
  JSON_TOO_DEEP: { status: 400, title: 'The JSON is nested too deeply' },
  FORBIDDEN_KEY: { status: 400, title: 'The JSON holds a key that is not allowed' },
  MALFORMED_TEXT: { status: 400, title: 'The body is not valid text in its charset' },
  MALFORMED_FORM: { status: 400, title: 'The form cannot be read' },
  MALFORMED_MULTIPART: { status: 400, title: 'The multipart body cannot be read' },
  MALFORMED_ENCODING: { status: 400, title: 'The body does not match its Content-Encoding' },
  INCOMPLETE_BODY: { status: 400, title: 'The body ended before its announced length' },
  VALIDATION_FAILED: { status: 400, title: 'The event is not valid' },
  UNAUTHORIZED: { status: 401, title: 'Authentication is required' },
  FORBIDDEN: { status: 403, title: 'Not allowed' },
  ORIGIN_REFUSED: { status: 403, title: 'Pages of this origin may not do this' },
  NOT_FOUND: { status: 404, title: 'Not found' },
  METHOD_NOT_ALLOWED: { status: 405, title: 'The path does not answer this method' },
  NOT_ACCEPTABLE: { status: 406, title: 'Not acceptable' },
  REQUEST_TIMEOUT: { status: 408, title: 'The request did not arrive in time' },
  CONFLICT: { status: 409, title: 'Conflict' },
  GONE: { status: 410, title: 'Gone' },
  PRECONDITION_FAILED: { status: 412, title: 'Precondition failed' },
  BODY_TOO_LARGE: { status: 413, title: 'The body is too large' },
  TOO_MANY_PARTS: { status: 413, title: 'The form has too many parts' },
  FILE_TOO_LARGE: { status: 413, title: 'A file is too large' },
  URL_TOO_LONG: { status: 414, title: 'The URL is too long' },
  UNSUPPORTED_MEDIA_TYPE: { status: 415, title: 'The Content-Type is not supported here' },
  UNSUPPORTED_CHARSET: { status: 415, title: 'The charset is not supported' },
  UNSUPPORTED_ENCODING: { status: 415, title: 'The Content-Encoding is not supported' },
  RANGE_NOT_SATISFIABLE: { status: 416, title: 'The range cannot be satisfied' },
  UNPROCESSABLE: { status: 422, title: 'The request is understood but cannot be carried out' },
  UPGRADE_REQUIRED: { status: 426, title: 'This path speaks WebSocket' },
  TOO_MANY_REQUESTS: { status: 429, title: 'Too many requests' },
  HEADERS_TOO_LARGE: { status: 431, title: 'The headers are too large' },
  // The server cannot answer.
  INTERNAL: { status: 500, title: 'Internal error' },
  FUNCTION_NOT_LOADED: { status: 500, title: 'The function could not be loaded' },
  NOT_IMPLEMENTED: { status: 501, title: 'Not implemented' },
  BAD_GATEWAY: { status: 502, title: 'Bad gateway' },
  UNAVAILABLE: { status: 503, title: 'Not available at present' },
  HANDLER_TIMEOUT: { status: 504, title: 'The handler did not answer in time' },
  PUBLISH_UNCERTAIN: { status: 504, title: 'It cannot be told whether the message was published' },
  NO_SPACE: { status: 507, title: 'No room to store the upload' },
  // A WebSocket message cannot be handled: only ever in a problem frame.
  UNKNOWN_MESSAGE: { status: 400, title: 'No handler takes this message' },
  UNSUPPORTED_FRAME: { status: 400, title: 'This kind of frame is not taken here' },
} as const satisfies Record<string, { status: number; title: string }>;

/** A code of the table above. A user's own errors may carry any other string. */
export type ErrorCode = keyof typeof ERROR_CODES;

const CODE_BY_STATUS = new Map<number, ErrorCode>();
for (const [code, { status }] of Object.entries(ERROR_CODES)) {
  // The first code of a status is its general one, except for 400, 403 and 413, whose general code is first too.
  if (!CODE_BY_STATUS.has(status)) CODE_BY_STATUS.set(status, code as ErrorCode);
}

/** The general code of an HTTP status: `404` → `NOT_FOUND`; `HTTP_<status>` where the table has none. */
export function codeOfStatus(status: number): string {
  return CODE_BY_STATUS.get(status) ?? `HTTP_${status}`;
}
