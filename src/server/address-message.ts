import { parseJson } from '../body/json.js';
import { HttpError } from '../errors/http-error.js';
import type { MessageHandler, WebSocketEndpoint } from './endpoint.js';
import { envelopeOf, UnknownMessage } from './message-envelope.js';

/** What a message was found to be: the handler that takes it, and the id that an answer must bear. */
export interface Addressed {
  readonly handler: MessageHandler;
  readonly value: unknown;
  readonly id: string | number | undefined;
}

/** Stands for a frame that is no JSON where text is taken too. */
const NOT_JSON = Symbol('not JSON');

/**
 * Finds who takes a frame. `undefined`: nobody does and nobody need, as the path has no message handlers at all.
 *
 * @throws HttpError for a frame that no handler takes, or that is no JSON where JSON is expected.
 */
export function addressMessage(
  endpoint: WebSocketEndpoint,
  data: Buffer,
  isBinary: boolean,
  maxJsonDepth: number,
): Addressed | undefined {
  const { typed, json, text, binary } = endpoint;
  const takesJson = json !== undefined || typed.size > 0;
  if (isBinary) {
    if (binary !== undefined) return { handler: binary, value: data, id: undefined };
    if (!takesJson && text === undefined) return undefined;
    throw HttpError.of('UNSUPPORTED_FRAME', 'send text: this path takes no binary frames');
  }
  if (!takesJson && text === undefined) {
    return binary === undefined ? undefined : { handler: binary, value: data, id: undefined };
  }
  const content = data.toString();
  if (takesJson) {
    const value = parse(content, maxJsonDepth, text !== undefined);
    const { type, id } = envelopeOf(value);
    const handler = (type === undefined ? undefined : typed.get(type)) ?? json;
    if (value !== NOT_JSON && handler !== undefined) return { handler, value, id };
    if (text === undefined) throw new UnknownMessage(type, [...typed.keys()], id);
  }
  return text === undefined ? undefined : { handler: text, value: content, id: undefined };
}

function parse(text: string, maxJsonDepth: number, mayBeText: boolean): unknown {
  try {
    return parseJson(text, maxJsonDepth);
  } catch (error) {
    if (mayBeText) return NOT_JSON;
    throw error;
  }
}
