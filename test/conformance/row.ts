/** A request of HTTP. */
export interface HttpRow {
  readonly name: string;
  readonly method?: string;
  /** As it stands in the request line: nothing is normalised on the way. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string | string[]>>;
  readonly body?: string | Buffer;
  /** The client leaves when the body has this: streams that stay open. */
  readonly until?: RegExp;
  /** The request is repeated until it has this status, while another one to this path is under way. */
  readonly besides?: { readonly path: string; readonly status: number };
  /** The peer never ends it: what came until its patience was over is its answer. */
  readonly hangs?: true;
}

/** A WebSocket, and what its client does. */
export interface SocketRow {
  readonly name: string;
  readonly path: string;
  readonly socket: {
    readonly headers?: Readonly<Record<string, string>>;
    readonly protocols?: readonly string[];
    /** Offers permessage-deflate. */
    readonly compress?: true;
    /** Sent as soon as the socket is open. */
    readonly sends?: readonly (string | Buffer)[];
    /** How many messages are waited for. */
    readonly messages?: number;
    /** What the client does after that; without it the server is waited for. */
    readonly finally?: 'leave' | 'break' | 'stop the server' | { readonly code: number; readonly reason: string };
  };
  readonly hangs?: true;
}

/** One line of the table. */
export type Row = HttpRow | SocketRow;

/** A pair of servers over one folder of functions, and the rows that they are asked. */
export interface Stage {
  readonly name: string;
  /** One of `FixtureFolders`. */
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  readonly rows: readonly Row[];
}
