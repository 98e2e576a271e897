import 'reflect-metadata';
import { type EventSource, recordSource } from '../events/source-records.js';

/** A decorator for properties: on a method or a parameter, which have a third argument, it does not compile. */
export type SourceDecorator = (prototype: object, property: string, none?: undefined) => void;

/** Makes the decorator of one source. `nameOf` gives the name to look for where the user gives none. */
function fromSource(source: EventSource, nameOf: (property: string) => string | undefined) {
  return (name?: string): SourceDecorator =>
    (prototype, property) =>
      recordSource(prototype, { property, source, name: name ?? nameOf(property) });
}

const asProperty = (): undefined => undefined;

/**
 * The property is a parameter of the route's path: `@FromPath('id') orderId` of `/orders/:id`.
 * @param name Default: the property's name. A property of that name needs no decorator.
 */
export const FromPath = fromSource('path', asProperty);

/**
 * The property is in the query, also where the request has a body.
 * @param name Default: the property's name.
 * @example
 * class FindOrder { @FromQuery() @IsBoolean() @IsOptional() verbose?: boolean; }
 */
export const FromQuery = fromSource('query', asProperty);

/** The property is a cookie. @param name Default: the property's name. */
export const FromCookie = fromSource('cookie', asProperty);

/**
 * The property is in the body, also where the method usually has none.
 * @param name A key of the body's object. Default: the whole body, whatever JSON value it is.
 */
export const FromBody = fromSource('body', asProperty);

const fromHeader = fromSource('header', (property) =>
  property.replace(/[A-Z]/g, (letter, index) => `${index === 0 ? '' : '-'}${letter}`).toLowerCase(),
);

/**
 * The property is a request header.
 * @param name In any case. Default: the property's name in header style: `userAgent` is `user-agent`.
 */
export function FromHeader(name?: string): SourceDecorator {
  return fromHeader(name?.toLowerCase());
}
