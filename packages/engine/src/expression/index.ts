/**
 * CEL expressions and `${...}` templates: checked when they come in, evaluated without effects,
 * within bounds that no input can exceed.
 *
 * The library's parser makes the syntax tree. Checking and evaluation are this folder's own, over
 * one table of functions and operators, so that every visit, character and pattern state is paid
 * for from one allowance, and JSON data is read in place by own property only.
 *
 * What differs from CEL: ints and doubles mix (the result is a double) and compare by worth;
 * integral JSON numbers are ints; there are no unsigned integers, messages, `type()` or optional
 * access. `matches` is RE2 in linear time, without look-around and back-references.
 */
export type { Bindings } from './evaluate.ts';
export { compileExpression, type Expression } from './expression.ts';
export type { References, Scope } from './scope.ts';
export { compileTemplate, type Template } from './template.ts';
