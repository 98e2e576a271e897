// Run by compiled-validator.test.ts in a process that may not generate code.
import 'reflect-metadata';
import { IsInt } from 'class-validator';
import { createValidator } from '#src/validation/create-validator.js';

class Small {
  @IsInt() count!: number;
}
const validator = createValidator(Small, { unknown: 'strip' });
const good = await validator.validate({ count: 1, extra: 2 });
const bad = await validator.validate({ count: 'x' });
process.stdout.write(JSON.stringify([validator.explain(), good, bad]));
