/**
 * What a middleware wants to know of the body, which is read only after it: the bytes as they arrive, before they are
 * inflated. Set by `setBodyCheck`; the server asks it when it reads the handler's event, and calls no handler before
 * the check has passed.
 */
export interface BodyCheck {
  update(bytes: Buffer): void;
  /** All bytes have come. @throws HttpError where they are not as they should be. */
  end(): void;
}
