import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayNotEmpty,
  IsArray,
  IsBoolean,
  IsEmail,
  IsIn,
  IsInt,
  IsOptional,
  Max,
  Min,
  ValidateNested,
} from 'class-validator';
import { FromQuery } from 'yunction';
import { type Sku, SKUS } from './menu.js';

// Events: what handlers get, validated. Each is a class, because a class is still there when the program runs and an
// interface is not.

export class OrderLine {
  @IsIn(SKUS) sku!: Sku;
  @IsInt() @Min(1) @Max(99) quantity!: number;
}

/** The JSON body of `POST /orders`. `@Type` tells of which class the lines are: TypeScript forgets an array's items. */
export class PlaceOrder {
  @IsEmail() email!: string;

  @IsArray()
  @ArrayNotEmpty()
  @ArrayMaxSize(20)
  @ValidateNested({ each: true })
  @Type(() => OrderLine)
  lines!: OrderLine[];
}

/** `id` comes from the path `/orders/:id`, and is a number because its type says so. */
export class FindOrder {
  @IsInt() id!: number;
  @FromQuery() @IsBoolean() @IsOptional() verbose?: boolean;
}

export class WatchOrder {
  @IsInt() id!: number;
}

/** `?page=2&size=10`. The types are written out: the compiler records `Object` for one that it has to infer. */
export class ListOrders {
  @IsInt() @Min(1) @IsOptional() page: number = 1;
  @IsInt() @Min(1) @Max(100) @IsOptional() size: number = 20;
}
