/** How much of a request's body is read at most. The defaults stand in the table of options. */
export interface BodyLimits {
  /**
   * Bytes of a body, before and after inflating. Default 1 MiB. In a multipart body it holds for the values of the
   * fields together; the bytes of files are bounded by `maxFiles` times `maxFileBytes`.
   */
  maxBodyBytes: number;
  /** Levels of arrays and objects in a JSON body: `[]` has one. Default 64. */
  maxJsonDepth: number;
  /** Fields of an urlencoded or multipart form. Default 200. */
  maxFormFields: number;
  /** Parts of a multipart form, fields and files together. Default 1000. */
  maxFormParts: number;
  /** Bytes of a field's name, as UTF-8 and decoded. Default 200. */
  maxFieldNameBytes: number;
  /** Files of a multipart form. Default 20. */
  maxFiles: number;
  /** Bytes of one file. Default 10 MiB. */
  maxFileBytes: number;
  /** Whether a file input that was left empty counts as a file of no bytes. Default: as nothing. */
  keepEmptyFiles?: boolean;
  /** Milliseconds until a multipart body must have been read to its end. Default 60,000. */
  multipartTimeoutMs: number;
  /** The folder that files are streamed to. It is created when it is missing. */
  temporaryFolder: string;
}
