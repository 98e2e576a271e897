import 'reflect-metadata';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import type { ParsedBody } from '#src/body/read-body.js';
import { type InputFacts, InputReader, isRecord, rootOf } from '#src/events/event-input.js';
import type { EventSource } from '#src/events/source-records.js';
import type { EventProperty } from '#src/validation/event-properties.js';
import { errorsOf } from './failure-of.js';
import { requestOf } from './request-of.js';

const property = (name: string, own: Partial<EventProperty> = {}): EventProperty => ({
  name,
  inputKey: name,
  exposedNames: [],
  type: undefined,
  list: false,
  transformed: false,
  ...own,
});
const from = (source: EventSource, property: string, name?: string) => ({ property, source, name });
const readerOf = (facts: Partial<InputFacts> = {}) =>
  new InputReader({
    properties: [property('a')],
    records: [],
    pathParameters: [],
    defaultSource: 'body',
    unknown: 'strip',
    ...facts,
  });
const json = (value: unknown): ParsedBody => ({ kind: 'json', value });
/** An urlencoded form: every value is text. */
const form = (value: Record<string, string | string[]>): ParsedBody => ({ kind: 'form', value });

describe('an InputReader', () => {
  it('gives a JSON body as it is, without a copy, where nothing else is read', () => {
    const body = { a: 1, unknown: { deep: true } };
    const { values, misfits } = readerOf().read(requestOf({ query: { a: 'of the query' } }), json(body));
    assert.equal(values, body);
    assert.equal(misfits, undefined);
  });

  it('gives an object of its own where there is no body, each time another', () => {
    const reader = readerOf();
    for (const body of [undefined, { kind: 'none' }] as const) {
      const first = reader.read(requestOf(), body).values;
      assert.deepEqual(first, {});
      assert.notEqual(first, reader.read(requestOf(), body).values);
    }
  });

  it('does not change the body where it adds to it', () => {
    const body = { a: 1 };
    const reader = readerOf({ properties: [property('a'), property('id')], pathParameters: ['id'] });
    assert.deepEqual(reader.read(requestOf({ params: { id: '7' } }), json(body)).values, { a: 1, id: '7' });
    assert.deepEqual(body, { a: 1 });
  });

  it('reads each property from its source by its name there', () => {
    const names = ['id', 'q', 'agent', 'session', 'item'];
    const reader = readerOf({
      properties: names.map((name) => property(name)),
      records: [
        from('path', 'id', 'order'),
        from('query', 'q', 'search'),
        from('header', 'agent', 'user-agent'),
        from('cookie', 'session', 'sid'),
        from('body', 'item', 'thing'),
      ],
      pathParameters: ['order'],
    });
    const request = requestOf({
      params: { order: '1' },
      query: { search: '2' },
      headers: { 'user-agent': '3' },
      cookies: { sid: '4' },
    });
    const { values } = reader.read(request, json({ thing: 5, id: 'x', q: 'x', agent: 'x', session: 'x', item: 'x' }));
    assert.deepEqual(values, { id: '1', q: '2', agent: '3', session: '4', item: 5 });
    assert.deepEqual(
      names.map((name) => reader.sourceOf(name)),
      ['path', 'query', 'header', 'cookie', 'body'],
    );
  });

  it('finds nothing in the prototypes of what it reads', () => {
    const names = ['constructor', 'toString', 'hasOwnProperty'];
    for (const source of ['path', 'query', 'header', 'cookie', 'body'] as const) {
      const reader = readerOf({
        properties: names.map((name) => property(name)),
        records: names.map((name) => from(source, name, name)),
        pathParameters: names,
      });
      const { values } = reader.read(requestOf(), json({}));
      assert.deepEqual(Object.keys(values), [], source);
    }
  });

  it('never sets a prototype, wherever __proto__ comes from', () => {
    const hostile = JSON.parse('{"__proto__":{"polluted":true},"a":"1"}') as Record<string, string>;
    const reader = readerOf({ unknown: 'keep', properties: [property('a', { type: Number })] });
    const fromForm = reader.read(requestOf(), form(hostile)).values;
    assert.equal(Reflect.getPrototypeOf(fromForm), Object.prototype);
    assert.deepEqual({ ...fromForm }, { a: 1 });
    const fromQuery = readerOf({ unknown: 'keep', defaultSource: 'query' });
    assert.equal(Reflect.get(fromQuery.read(requestOf({ query: hostile }), undefined).values, 'polluted'), undefined);
  });

  it('converts text to declared types, and never JSON', () => {
    const properties = [property('a', { type: Number }), property('b', { type: Number, list: true })];
    const reader = readerOf({ properties, records: [from('query', 'c', 'c')] });
    assert.deepEqual(reader.read(requestOf(), form({ a: '5', b: ['1', '2'] })).values, { a: 5, b: [1, 2] });
    assert.deepEqual(reader.read(requestOf(), json({ a: '5', b: ['1'] })).values, { a: '5', b: ['1'] });
  });

  it('hands a property with a @Transform its text', () => {
    const reader = readerOf({ properties: [property('a', { type: Number, transformed: true })] });
    assert.deepEqual(reader.read(requestOf(), form({ a: '5' })).values, { a: '5' });
  });

  it('says of a value that does not fit what was expected, by the property and not by the key', () => {
    const properties = [property('count', { type: Number, inputKey: 'n', exposedNames: ['n'] })];
    const { values, misfits } = readerOf({ properties }).read(requestOf(), form({ n: 'many' }));
    assert.deepEqual(Object.keys(values), ['n']);
    assert.equal(misfits?.get('count')?.expectation, 'must be a number');
  });

  it('takes unknown keys along, for those who decide what becomes of them', () => {
    const reader = readerOf({ defaultSource: 'query' });
    assert.deepEqual(reader.read(requestOf({ query: { a: '1', other: '2' } }), undefined).values, {
      a: '1',
      other: '2',
    });
  });

  it('leaves out a key that a property takes under another name, and that is no property’s own', () => {
    const reader = readerOf({ properties: [property('item')], records: [from('body', 'item', 'thing')] });
    const { values } = reader.read(requestOf(), json({ thing: 1, other: 2 }));
    assert.deepEqual(values, { item: 1, other: 2 });
  });

  it('leaves the key alone that no source gives', () => {
    const reader = readerOf({ properties: [property('q')], records: [from('query', 'q')] });
    assert.equal('q' in reader.read(requestOf(), json({})).values, false);
  });

  it('gives the whole body, whatever it is, to the property that asks for it', () => {
    const reader = readerOf({ properties: [property('whole')], records: [from('body', 'whole')] });
    for (const value of [[1], 'text', 5, null, { whole: 'not this' }]) {
      assert.deepEqual(reader.read(requestOf(), json(value)).values, { whole: value });
    }
    assert.deepEqual(reader.read(requestOf(), { kind: 'none' }).values, {});
  });

  it('refuses a body that is no object where properties are read from it, and takes it where none is', async () => {
    const needs = [readerOf(), readerOf({ properties: [], unknown: 'reject' })];
    for (const value of [[{ a: 1 }], 'text', 5, null, true]) {
      for (const reader of needs) {
        const errors = await errorsOf(() => reader.read(requestOf(), json(value)));
        assert.deepEqual(errors, [{ in: 'body', path: '', rule: 'object', message: 'the body must be a JSON object' }]);
      }
      assert.deepEqual(readerOf({ properties: [] }).read(requestOf(), json(value)).values, {});
      assert.deepEqual(readerOf({ defaultSource: 'query' }).read(requestOf(), json(value)).values, {});
    }
  });

  it('knows where a failed rule’s value came from, deep within it too', () => {
    const reader = readerOf({
      properties: [property('a'), property('q'), property('dotted.name')],
      records: [from('query', 'q'), from('header', 'dotted.name')],
    });
    assert.equal(reader.sourceOf('a[0].b'), 'body');
    assert.equal(reader.sourceOf('q[1]'), 'query');
    assert.equal(reader.sourceOf('dotted.name'), 'header');
    assert.equal(reader.sourceOf('unknown.key'), 'body');
    assert.equal(readerOf({ defaultSource: 'query' }).sourceOf('unknown'), 'query');
  });

  it('gives a property that is bound elsewhere to no key of the body, whatever its keys are', () => {
    const reader = readerOf({
      properties: [property('user', { exposedNames: ['u'] }), property('a')],
      records: [from('header', 'user', 'x-user')],
    });
    const keys = fc.constantFrom('user', 'u', 'a', 'x-user', '__proto__', 'constructor');
    fc.assert(
      fc.property(fc.dictionary(keys, fc.jsonValue(), { noNullPrototype: true }), (body) => {
        const { values } = reader.read(requestOf({ headers: { 'x-user': 'ann' } }), json(body));
        assert.equal(Reflect.get(values, 'user'), 'ann');
        assert.equal(Object.hasOwn(values, 'u'), false);
      }),
    );
  });
});

describe('isRecord', () => {
  it('is true of objects that are no arrays', () => {
    assert.deepEqual([{}, Object.create(null)].map(isRecord), [true, true]);
    assert.deepEqual([[], null, 'a', 5, undefined].map(isRecord), [false, false, false, false, false]);
  });
});

describe('rootOf', () => {
  it('is the first step of a path', () => {
    assert.deepEqual(['a', 'a.b', 'a[0].b', 'lines[0]', ''].map(rootOf), ['a', 'a', 'a', 'lines', '']);
  });
});
