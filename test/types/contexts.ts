// Contexts and files fit the platform's own typings, so that code written for them takes ours.
import type { ContextInjected } from '@cloudbase/functions-typings';
// The package's index names this file without its ending, so that under nodenext its File would silently be
// any; the package exports nothing else, hence the path.
import type { File } from '../../node_modules/@cloudbase/functions-typings/build/file.js';
// What a plain function is given: its class has no public name, as functions are written for the platform's types.
import type { PlainContext } from '../../built/functions/plain-context.js';
import type { HttpContext, UpgradeContext, UploadedFile, WebSocketContext } from 'yunction';

declare const http: HttpContext;
declare const plain: PlainContext;
declare const socket: WebSocketContext;
declare const upgrade: UpgradeContext;
declare const uploaded: UploadedFile;

export const injected: ContextInjected = http;
export const injectedSocket: ContextInjected = socket;
export const injectedUpgrade: ContextInjected = upgrade;
export const injectedPlain: Readonly<ContextInjected> = plain;
export const file: File = uploaded;

// @ts-expect-error -- the check can fail: a file is no context
export const wrong: ContextInjected = uploaded;
// @ts-expect-error -- nor is a context a file
export const wrongFile: File = http;
