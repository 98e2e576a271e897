// Ajv called by hand, compiled once: what the floor and the peers without a validator of their own use.
import { Ajv } from 'ajv';
import formats from 'ajv-formats';
import { orderSchema, pathSchema, querySchema, saySchema } from './schemas.mjs';

// allErrors: the answer to an invalid order names every mistake, as class-validator's does.
const bodies = new Ajv({ allErrors: true });
formats.default(bodies);
const texts = new Ajv({ allErrors: true, coerceTypes: true });

export const isOrder = bodies.compile(orderSchema);
export const isSay = bodies.compile(saySchema);
export const isPath = texts.compile(pathSchema);
export const isQuery = texts.compile(querySchema);

/** The problems of the last check, as an answer shows them. */
export const problems = (check) => check.errors.map(({ instancePath, message }) => ({ path: instancePath, message }));
