/** The path of a Chromium on this machine; undefined where the PATH has none. */
export declare function findChromium(): string | undefined;
