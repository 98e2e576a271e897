// The classes of the decorator peers that check with class-validator itself; Yunction has its own copy of them.
import { Transform, Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsBoolean,
  IsEmail,
  IsIn,
  IsInt,
  IsISO8601,
  IsNumber,
  IsOptional,
  IsString,
  Length,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';

export class Customer {
  @IsString() @Length(1, 100) name!: string;
  @IsEmail() email!: string;
}

export class OrderLine {
  @IsString() @Matches(/^[A-Z]{2}-\d{4}$/) sku!: string;
  @IsInt() @Min(1) @Max(999) quantity!: number;
  @IsNumber() @Min(0) price!: number;
  @IsOptional() @IsString() @MaxLength(200) note?: string;
}

export class PlaceOrder {
  @ValidateNested() @Type(() => Customer) customer!: Customer;
  @IsIn(['low', 'normal', 'high']) priority!: string;
  @IsISO8601() createdAt!: string;
  @IsOptional() @IsString() @MaxLength(500) note?: string;
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(100)
  @ValidateNested({ each: true })
  @Type(() => OrderLine)
  lines!: OrderLine[];
}

export class LinesQuery {
  @Type(() => Number) @IsInt() @Min(1) page!: number;
  @Type(() => Number) @IsInt() @Min(1) @Max(100) limit!: number;
  @Transform(({ value }) => value === true || value === 'true') @IsOptional() @IsBoolean() detailed?: boolean;
}

export class CountTo {
  @Type(() => Number) @IsInt() @Min(0) count!: number;
}

export class Say {
  @IsString() @Length(1, 500) text!: string;
}
