/** The value of a text that is JSON, and anything else as it is: what a server sends as an object, a client gets as one. */
export function parsedText(data: unknown): unknown {
  try {
    // Bytes are no JSON either: their text is `[object ArrayBuffer]`.
    return JSON.parse(data as string);
  } catch {
    return data; // not every text is JSON
  }
}
