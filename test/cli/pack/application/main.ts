// An application that has whatever packing could break.
import { readFileSync } from 'node:fs';
import { Expose, Type } from 'class-transformer';
import {
  IsInt,
  IsString,
  Length,
  Validate,
  ValidateNested,
  ValidatorConstraint,
  type ValidatorConstraintInterface,
} from 'class-validator';
import { Controller, file, Http, start, WebSocket } from 'yunction';

if (process.env['MAY_BE_LOADED'] === undefined) throw new Error('the application was loaded while it was packed');

@ValidatorConstraint({ name: 'even' })
class IsEven implements ValidatorConstraintInterface {
  validate(value: unknown) {
    return Number(value) % 2 === 0;
  }
  defaultMessage() {
    return '$property must be even';
  }
}

class Line {
  @IsString() @Length(2, 20) sku!: string;
  @Validate(IsEven) pairs!: number;
}

class Order {
  @IsInt({ groups: ['strict'] }) number!: unknown;
  @ValidateNested({ each: true }) @Type(() => Line) lines!: Line[];
}

class Find {
  @Expose({ name: 'id' }) @IsInt() identity!: number;
}

@Controller()
export class PackedController {
  @Http('POST', '/orders', { groups: ['strict'] })
  strict(event: Order) {
    return { line: event.lines[0]?.constructor.name };
  }

  @Http('POST', '/orders/loose')
  loose(event: Order) {
    return { event: event.constructor.name, lines: event.lines.map((line) => line instanceof Line) };
  }

  @Http('GET', '/orders/:id')
  find(event: Find) {
    return { found: event.identity };
  }

  @Http('GET', '/note')
  note() {
    return readFileSync(new URL('../notes/note.txt', import.meta.url), 'utf8');
  }

  @Http('GET', '/note/sent')
  sent() {
    return file(`${import.meta.dirname}/../notes/note.txt`, { filename: 'é.txt' });
  }

  @Http('GET', '/late')
  async late() {
    const { word } = await import('./late.js');
    return word;
  }

  @Http('GET', '/outside')
  async outside(_event: unknown) {
    const name = process.env['OUTSIDE_MODULE'] ?? '';
    const { word } = (await import(name)) as { word: string };
    return word;
  }

  @Http('GET', '/builtin')
  async builtin() {
    const { gzipSync } = await import('node:zlib');
    return gzipSync('x').length > 0;
  }

  /** Builtins that only ws asks for: whether it was run. */
  @Http('GET', '/sockets/loaded')
  loaded() {
    const { moduleLoadList } = process as unknown as { moduleLoadList: string[] };
    return { https: moduleLoadList.includes('NativeModule https') };
  }

  @WebSocket('/sockets')
  echo(text: string) {
    return text;
  }

  @Http('GET', '/fails')
  fails() {
    throw new Error('on purpose');
  }
}

start({ controllers: [PackedController] });
