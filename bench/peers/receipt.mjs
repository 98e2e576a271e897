/** What every peer answers to an order. */
export function receipt({ customer, lines }) {
  let total = 0;
  for (const { quantity, price } of lines) total += quantity * price;
  return { customer: customer.name, lines: lines.length, total };
}
