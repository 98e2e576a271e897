/** The value of a text that is JSON, and any other text as it is: what a server sends as an object, a client gets as one. */
export function parsedText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text; // not every text is JSON
  }
}
