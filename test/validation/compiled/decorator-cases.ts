// One row for each decorator of class-validator that stands for a rule, and for each way to call it that matters.
import * as V from 'class-validator';

/** A decorator, given options, and values that it accepts and refuses. */
export interface DecoratorCase {
  readonly name: string;
  readonly decorate: (options: V.ValidationOptions) => PropertyDecorator;
  readonly valid: readonly unknown[];
  readonly invalid: readonly unknown[];
}

type Decorate = DecoratorCase['decorate'];
type Row = readonly [name: string, decorate: Decorate, valid: readonly unknown[], invalid: readonly unknown[]];

enum Size {
  Small = 's',
  Large = 'l',
}
enum Level {
  Low,
  High,
}
class Point {
  x = 0;
}
const Y2K = new Date('2000-01-01');
const [BEFORE, AFTER] = [new Date('1999-12-31'), new Date('2000-01-02')];
const UUID4 = '0b7a3c5e-6b0f-4c1e-9d2a-5f4e3d2c1b0a';

const ROWS: readonly Row[] = [
  ['IsDefined', (o) => V.IsDefined(o), [0, '', false, []], [undefined, null]],
  ['Equals', (o) => V.Equals('yes', o), ['yes'], ['no', undefined, ['yes']]],
  ['NotEquals', (o) => V.NotEquals('yes', o), ['no', undefined], ['yes']],
  ['IsEmpty', (o) => V.IsEmpty(o), ['', null, undefined], [' ', 0, []]],
  ['IsNotEmpty', (o) => V.IsNotEmpty(o), [' ', 0, false], ['', null, undefined]],
  ['IsIn', (o) => V.IsIn(['a', 1, null], o), ['a', 1, null], ['b', '1', undefined]],
  ['IsNotIn', (o) => V.IsNotIn(['a', 1], o), ['b', '1', null], ['a', 1]],
  ['IsBoolean', (o) => V.IsBoolean(o), [true, false], ['true', 0, null]],
  ['IsDate', (o) => V.IsDate(o), [Y2K], ['2000-01-01', new Date(Number.NaN), 0]],
  ['IsNumber', (o) => V.IsNumber({}, o), [0, -1.5, 1e300], ['1', Number.NaN, Number.POSITIVE_INFINITY, null]],
  ['IsNumber, NaN', (o) => V.IsNumber({ allowNaN: true }, o), [1, Number.NaN], [Number.POSITIVE_INFINITY]],
  ['IsNumber, infinite', (o) => V.IsNumber({ allowInfinity: true }, o), [-Infinity], [Number.NaN]],
  ['IsNumber, decimals', (o) => V.IsNumber({ maxDecimalPlaces: 1 }, o), [2, 1.5], [1.25]],
  ['IsInt', (o) => V.IsInt(o), [0, -3, 2 ** 53], [1.5, '3', Number.NaN]],
  ['IsString', (o) => V.IsString(o), ['', 'a'], [1, null, ['a']]],
  ['IsArray', (o) => V.IsArray(o), [[], [[1]]], [{ length: 0 }, 'a', null]],
  ['IsEnum', (o) => V.IsEnum(Size, o), ['s', 'l'], ['Small', 'S', undefined]],
  ['IsEnum, numbers', (o) => V.IsEnum(Level, o), [0, 1, 'Low'], ['low', '0', 2]],
  ['IsObject', (o) => V.IsObject(o), [{}, Y2K], [[], null, 'a']],
  ['IsNotEmptyObject', (o) => V.IsNotEmptyObject(undefined, o), [{ a: null }], [{}, [], 'a']],
  ['IsNotEmptyObject, strict', (o) => V.IsNotEmptyObject({ nullable: false }, o), [{ a: 1 }], [{ a: null }, {}]],
  ['IsInstance', (o) => V.IsInstance(Date, o), [Y2K], [{}, 'a', null]],
  ['IsInstance, own class', (o) => V.IsInstance(Point, o), [], [{ x: 0 }]],

  ['Min', (o) => V.Min(3, o), [3, 4], [2.9, '3', null]],
  ['Max', (o) => V.Max(3, o), [3, -4], [3.1, '3', undefined]],
  ['IsPositive', (o) => V.IsPositive(o), [0.1], [0, -1, '1']],
  ['IsNegative', (o) => V.IsNegative(o), [-0.1], [0, -0, '-1']],
  ['IsDivisibleBy', (o) => V.IsDivisibleBy(4, o), [8, 0, -4], [2, '8', 4.5]],
  ['MinDate', (o) => V.MinDate(Y2K, o), [Y2K, AFTER], [BEFORE, '2000-01-02', null]],
  ['MinDate, later', (o) => V.MinDate(() => Y2K, o), [AFTER], [BEFORE]],
  ['MaxDate', (o) => V.MaxDate(Y2K, o), [Y2K, BEFORE], [AFTER, 0]],
  ['MaxDate, later', (o) => V.MaxDate(() => Y2K, o), [BEFORE], [AFTER]],

  ['Contains', (o) => V.Contains('tea', o), ['teapot', 'tea'], ['TEA', '', 5, ['tea']]],
  ['NotContains', (o) => V.NotContains('tea', o), ['coffee', ''], ['teapot', 5]],
  ['Length', (o) => V.Length(2, 3, o), ['ab', 'abc', '\u{1f600}b'], ['a', 'abcd', '\u{1f600}', 12, null]],
  ['Length, no maximum', (o) => V.Length(2, undefined, o), ['ab', 'a'.repeat(99)], ['a']],
  ['MinLength', (o) => V.MinLength(2, o), ['ab', '\u{1f600}\u{1f600}'], ['a', '\u{1f600}', [1, 2]]],
  ['MaxLength', (o) => V.MaxLength(2, o), ['', 'ab', '\u{1f600}\u{1f600}'], ['abc', 5]],
  ['Matches', (o) => V.Matches(/^[a-c]+$/, o), ['abc'], ['abd', '', 5]],
  ['Matches, a text', (o) => V.Matches('^[a-c]+$', 'i', o), ['ABC'], ['abd']],
  ['Matches, with a memory', (o) => V.Matches(/b/g, o), ['ab', 'ba'], ['a']],
  ['IsAlpha', (o) => V.IsAlpha(undefined, o), ['abC'], ['ab1', '', 5]],
  ['IsAlpha, in German', (o) => V.IsAlpha('de-DE', o), ['\u00e4\u00d6'], ['\u00f1']],
  ['IsAlphanumeric', (o) => V.IsAlphanumeric(undefined, o), ['a1'], ['a-1', '']],
  ['IsAscii', (o) => V.IsAscii(o), ['~'], ['\u00e4', 5]],
  ['IsLowercase', (o) => V.IsLowercase(o), ['a-1'], ['A']],
  ['IsUppercase', (o) => V.IsUppercase(o), ['A-1'], ['a']],
  ['IsByteLength', (o) => V.IsByteLength(2, 4, o), ['ab', '\u00e4'], ['a', '\u{1f600}a', 5]],
  ['IsFullWidth', (o) => V.IsFullWidth(o), ['\u5b57'], ['a']],
  ['IsHalfWidth', (o) => V.IsHalfWidth(o), ['a'], ['\u5b57']],
  ['IsVariableWidth', (o) => V.IsVariableWidth(o), ['a\u5b57'], ['a']],
  ['IsMultibyte', (o) => V.IsMultibyte(o), ['\u5b57'], ['a']],
  ['IsSurrogatePair', (o) => V.IsSurrogatePair(o), ['\u{1f600}'], ['a']],
  ['IsBooleanString', (o) => V.IsBooleanString(o), ['true', '0'], ['yes', true]],
  ['IsNumberString', (o) => V.IsNumberString(undefined, o), ['-1.5'], ['1a', 1]],
  ['IsNumberString, digits', (o) => V.IsNumberString({ no_symbols: true }, o), ['15'], ['1.5']],
  ['IsDecimal', (o) => V.IsDecimal(undefined, o), ['1.5', '.5'], ['1,5', 1.5]],
  ['IsHexadecimal', (o) => V.IsHexadecimal(o), ['0xF0', 'f0'], ['g']],
  ['IsOctal', (o) => V.IsOctal(o), ['0o17', '17'], ['8']],
  ['IsHexColor', (o) => V.IsHexColor(o), ['#0af', '00aaff'], ['#0a', 'red']],
  ['IsRgbColor', (o) => V.IsRgbColor(true, o), ['rgb(0,10,255)', 'rgb(1%,2%,3%)'], ['rgb(0,10,256)', '#000']],
  ['IsRgbColor, no percents', (o) => V.IsRgbColor(false, o), ['rgb(0,1,2)'], ['rgb(1%,2%,3%)']],
  ['IsHSL', (o) => V.IsHSL(o), ['hsl(10,20%,30%)'], ['hsl(10,20,30)']],
  ['IsBase32', (o) => V.IsBase32(o), ['JBSWY3DP'], ['JBSWY3D1', '']],
  ['IsBase58', (o) => V.IsBase58(o), ['3yQ'], ['0OIl']],
  ['IsBase64', (o) => V.IsBase64(undefined, o), ['dGVh'], ['dGV', 5]],
  ['IsBase64, for URLs', (o) => V.IsBase64({ urlSafe: true }, o), ['d-_h'], ['d+/h']],
  ['IsDataURI', (o) => V.IsDataURI(o), ['data:text/plain,tea'], ['text/plain,tea']],
  ['IsJSON', (o) => V.IsJSON(o), ['{"a":1}', '[]'], ['{a:1}', {}]],
  ['IsJWT', (o) => V.IsJWT(o), ['eyJh.eyJz.c2ln'], ['eyJh', 5]],
  ['IsMimeType', (o) => V.IsMimeType(o), ['text/plain'], ['text']],
  ['IsMagnetURI', (o) => V.IsMagnetURI(o), [`magnet:?xt=urn:btih:${'0aF1'.repeat(10)}`], ['magnet:?', 'http://a.b']],
  ['IsSemVer', (o) => V.IsSemVer(o), ['1.2.3-rc.1'], ['1.2', 'v1']],
  ['IsHash', (o) => V.IsHash('md5', o), ['0123456789abcdef'.repeat(2)], ['0123']],

  ['IsEmail', (o) => V.IsEmail(undefined, o), ['ada@example.com'], ['ada@example', 'ada', 5, null]],
  ['IsEmail, named', (o) => V.IsEmail({ allow_display_name: true }, o), ['Ada <ada@example.com>'], ['<ada@example>']],
  ['IsEmail, hosts', (o) => V.IsEmail({ host_whitelist: ['a.de'] }, o), ['x@a.de'], ['x@b.de']],
  ['IsUrl', (o) => V.IsUrl(undefined, o), ['https://example.com/a?b#c', 'example.com'], ['https://', 'a b', 5]],
  ['IsUrl, local', (o) => V.IsUrl({ require_tld: false, protocols: ['http'] }, o), ['http://localhost'], ['ftp://a']],
  ['IsFQDN', (o) => V.IsFQDN(undefined, o), ['a.example.com'], ['a', 'a..b']],
  ['IsIP', (o) => V.IsIP(undefined, o), ['127.0.0.1', '::1'], ['256.0.0.1']],
  ['IsIP, 6', (o) => V.IsIP(6, o), ['::1'], ['127.0.0.1']],
  ['IsPort', (o) => V.IsPort(o), ['80'], ['65536', 80]],
  ['IsMACAddress', (o) => V.IsMACAddress(undefined, o), ['01:23:45:67:89:ab'], ['01:23']],
  ['IsUUID', (o) => V.IsUUID(undefined, o), [UUID4], [UUID4.slice(1), 5]],
  ['IsUUID, 4', (o) => V.IsUUID(4, o), [UUID4], [UUID4.replace('-4', '-1')]],
  ['IsMongoId', (o) => V.IsMongoId(o), ['0123456789abcdef01234567'], ['0123']],
  ['IsFirebasePushId', (o) => V.IsFirebasePushId(o), ['-M1a2b3c4d5e6f7g8h9i'], ['M1a']],

  ['IsDateString', (o) => V.IsDateString(undefined, o), ['2026-11-23', '2026-11-23T09:30:00Z'], ['23.11.2026', Y2K]],
  ['IsISO8601', (o) => V.IsISO8601(undefined, o), ['2026-11-23', '2026-02-30'], ['2026-13-01']],
  ['IsISO8601, strict', (o) => V.IsISO8601({ strict: true }, o), ['2026-02-28'], ['2026-02-30']],
  ['IsRFC3339', (o) => V.IsRFC3339(o), ['2026-11-23T09:30:00Z'], ['2026-11-23']],
  ['IsMilitaryTime', (o) => V.IsMilitaryTime(o), ['23:59'], ['24:00', '9:00']],
  ['IsTimeZone', (o) => V.IsTimeZone(o), ['Asia/Shanghai', 'UTC'], ['Moon/Sea']],
  ['IsLatLong', (o) => V.IsLatLong(o), ['31.2,121.5'], ['91,0', 31.2]],
  ['IsLatitude', (o) => V.IsLatitude(o), ['31.2', 31.2], ['91', 91]],
  ['IsLongitude', (o) => V.IsLongitude(o), ['121.5', -180], ['181']],

  ['IsLocale', (o) => V.IsLocale(o), ['de_CH', 'en'], ['x']],
  ['IsISO31661Alpha2', (o) => V.IsISO31661Alpha2(o), ['CN'], ['XX']],
  ['IsISO31661Alpha3', (o) => V.IsISO31661Alpha3(o), ['CHN'], ['XXX']],
  ['IsISO31661Numeric', (o) => V.IsISO31661Numeric(o), ['156'], ['999', 156]],
  ['IsISO4217CurrencyCode', (o) => V.IsISO4217CurrencyCode(o), ['CNY'], ['XX']],
  ['IsISO6391', (o) => V.IsISO6391(o), ['zh'], ['xx']],
  ['IsCurrency', (o) => V.IsCurrency(undefined, o), ['$1,000.50'], ['1.000,5', 5]],
  ['IsCreditCard', (o) => V.IsCreditCard(o), ['4111111111111111'], ['4111111111111112']],
  ['IsIBAN', (o) => V.IsIBAN(undefined, o), ['DE89370400440532013000'], ['DE89370400440532013001']],
  ['IsBIC', (o) => V.IsBIC(o), ['DEUTDEFF500'], ['DEUT']],
  ['IsBtcAddress', (o) => V.IsBtcAddress(o), ['1BoatSLRHtKNngkdXEeobR76b53LETtpyT'], ['2Boat']],
  ['IsEthereumAddress', (o) => V.IsEthereumAddress(o), [`0x${'aB'.repeat(20)}`], ['0xaB']],
  ['IsEAN', (o) => V.IsEAN(o), ['4006381333931'], ['4006381333930']],
  ['IsISBN', (o) => V.IsISBN(undefined, o), ['9783161484100', '3836221195'], ['9783161484101']],
  ['IsISBN, 10', (o) => V.IsISBN('10', o), ['3836221195'], ['9783161484100']],
  ['IsISIN', (o) => V.IsISIN(o), ['US0378331005'], ['US0378331006']],
  ['IsISRC', (o) => V.IsISRC(o), ['USAT29900609'], ['US']],
  ['IsISSN', (o) => V.IsISSN(undefined, o), ['0378-5955'], ['0378-5956']],
  ['IsIdentityCard', (o) => V.IsIdentityCard('ES', o), ['12345678Z'], ['12345678A']],
  ['IsPassportNumber', (o) => V.IsPassportNumber('CN', o), ['G25352389'], ['G2']],
  ['IsPostalCode', (o) => V.IsPostalCode('CN', o), ['200000'], ['2000']],
  ['IsMobilePhone', (o) => V.IsMobilePhone('zh-CN', undefined, o), ['13812345678'], ['138']],
  ['IsPhoneNumber', (o) => V.IsPhoneNumber('DE', o), ['+4930123456'], ['12', 5]],
  ['IsTaxId', (o) => V.IsTaxId('en-US', o), ['01-1234567'], ['00-1234567']],
  ['IsStrongPassword', (o) => V.IsStrongPassword(undefined, o), ['Tea-4-two!'], ['tea', 5]],
  ['IsStrongPassword, short', (o) => V.IsStrongPassword({ minLength: 3 }, o), ['Te4!'], ['T4!']],

  ['ArrayContains', (o) => V.ArrayContains(['a', 1], o), [['a', 1, 2]], [['a'], 'a1', []]],
  ['ArrayNotContains', (o) => V.ArrayNotContains(['a'], o), [[], ['b']], [['b', 'a'], 'b']],
  ['ArrayNotEmpty', (o) => V.ArrayNotEmpty(o), [[undefined]], [[], 'a', { length: 1 }]],
  ['ArrayMinSize', (o) => V.ArrayMinSize(2, o), [[1, 2]], [[1], 'ab']],
  ['ArrayMaxSize', (o) => V.ArrayMaxSize(2, o), [[], [1, 2]], [[1, 2, 3], 'ab']],
  ['ArrayUnique', (o) => V.ArrayUnique(o), [[], [1, '1']], [[1, 1], 'a']],
  [
    'ArrayUnique, by',
    (o) => V.ArrayUnique(({ id }: { id: number }) => id, o),
    [[{ id: 1 }, { id: 2 }]],
    [[{ id: 1 }, { id: 1 }]],
  ],
];

export const DECORATOR_CASES: readonly DecoratorCase[] = ROWS.map(([name, decorate, valid, invalid]) => ({
  name,
  decorate,
  valid,
  invalid,
}));
