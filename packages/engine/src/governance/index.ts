export * from './budget.ts';
export * from './money.ts';
export * from './price.ts';
export * from './projection.ts';
export { SHIPPED_PRICES } from './shipped-prices.ts';
