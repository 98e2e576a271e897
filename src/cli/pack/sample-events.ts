import { Type } from 'class-transformer';
import { IsArray, IsBoolean, IsInt, IsOptional, IsString, Length, Min, ValidateNested } from 'class-validator';

import { Controller } from '../../decorators/controller.js';
import { FromQuery } from '../../decorators/from.js';
import { Http } from '../../decorators/http.js';
import type { SampleRequest } from './serve-samples.js';

// Written as a user writes events, since what is run here is what V8's code cache will hold: a path, a query and a body,
// nested classes and lists, the rules that most events have.

class SampleLine {
  @IsString() @Length(1, 20) sku!: string;
  @IsInt() @Min(1) quantity!: number;
}

class SampleOrder {
  @IsInt() id!: number;
  @FromQuery() @IsOptional() @IsBoolean() verbose?: boolean;
  @IsString() customer!: string;
  @IsArray() @ValidateNested({ each: true }) @Type(() => SampleLine) lines!: SampleLine[];
}

/** Answers {@link SAMPLE_ORDER}. */
@Controller('/sample')
export class SampleOrderController {
  @Http('POST', '/:id/orders', { status: 201 })
  place(event: SampleOrder) {
    return event;
  }
}

/** A request that it accepts. */
export const SAMPLE_ORDER: SampleRequest = {
  path: '/sample/1/orders?verbose=true',
  body: { customer: 'Ada', lines: [{ sku: 'tea', quantity: 2 }] },
};
