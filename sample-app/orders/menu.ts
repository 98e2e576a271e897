/** What can be ordered: price in cents, because sums of floating-point euros drift. */
export const MENU = {
  espresso: { name: 'Espresso', cents: 220 },
  cappuccino: { name: 'Cappuccino', cents: 340 },
  croissant: { name: 'Croissant', cents: 280 },
} as const;

export type Sku = keyof typeof MENU;

export const SKUS = Object.keys(MENU) as Sku[]; // Object.keys() knows only that keys are strings
