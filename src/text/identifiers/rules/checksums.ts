/** Check digits of numbers that carry one. All functions take digits without spaces or hyphens. */

const ID_WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const ID_ENDS = '10X98765432';

/** Whether six or eight digits are a day: 19490312, 490312. */
export function isCompactDay(digits: string): boolean {
  const long = digits.length === 8;
  const year = long ? Number(digits.slice(0, 4)) : 1900 + Number(digits.slice(0, 2));
  return isDay(year, Number(digits.slice(-4, -2)), Number(digits.slice(-2)));
}

/** Whether there is such a day. */
export function isDay(year: number, month: number, day: number): boolean {
  if (!(year >= 1850 && year <= 2100) || month < 1 || month > 12 || day < 1) return false;
  return day <= new Date(Date.UTC(year, month, 0)).getUTCDate();
}

/** The last character of a resident identity number, from its first 17 digits (ISO 7064, MOD 11-2). */
export function residentCheck(digits: string): string {
  let sum = 0;
  for (let i = 0; i < 17; i += 1) sum += Number(digits[i]) * (ID_WEIGHTS[i] ?? 0);
  return ID_ENDS[sum % 11] ?? '';
}

/** The last digit of credit cards, NPI and others (Luhn), from the digits before it. */
export function luhnCheck(digits: string): string {
  let sum = 0;
  for (let i = 0; i < digits.length; i += 1) {
    const digit = Number(digits[digits.length - 1 - i]);
    const doubled = i % 2 === 0 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return String((10 - (sum % 10)) % 10);
}

export const passesLuhn = (digits: string): boolean =>
  luhnCheck(digits.slice(0, -1)) === digits.slice(-1);

/** The last digit of an NHS number (MOD 11), from the first nine; null where those have none. */
export function nhsCheck(digits: string): string | null {
  let sum = 0;
  for (let i = 0; i < 9; i += 1) sum += Number(digits[i]) * (10 - i);
  const check = (11 - (sum % 11)) % 11;
  return check === 10 ? null : String(check);
}

/** International bank account numbers (ISO 7064, MOD 97-10). */
export function passesIban(iban: string): boolean {
  let rest = 0;
  for (const character of iban.slice(4) + iban.slice(0, 4)) {
    const value = Number.parseInt(character, 36);
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
  }
  return rest === 1;
}

const VIN_VALUES = '0123456789.ABCDEFGH..JKLMN.P.R..STUVWXYZ';
const VIN_WEIGHTS = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2];

/** Vehicle identification numbers; their ninth character is the check digit. */
export function passesVin(vin: string): boolean {
  let sum = 0;
  for (let i = 0; i < 17; i += 1) {
    const value = VIN_VALUES.indexOf(vin[i] ?? '.') % 10;
    sum += value * (VIN_WEIGHTS[i] ?? 0);
  }
  return vin[8] === (sum % 11 === 10 ? 'X' : String(sum % 11));
}

/** How many digits a text has. */
export const digitsOf = (text: string): number => text.replace(/\D/g, '').length;
