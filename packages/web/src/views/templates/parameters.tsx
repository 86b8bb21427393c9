import type { Template } from '@tenuto/contract';
import { pretty } from '../../logic/format.ts';
import { type Field, fieldOf } from '../../logic/schema-form.ts';
import { JsonView } from '../../ui/json-view.tsx';
import { TEMPLATE_WORDS } from '../../words-template.ts';

const words = TEMPLATE_WORDS.page;

/** What a template takes, as its schema says. */
export function Parameters({ schema }: { readonly schema: Template['params_schema'] }) {
  const field = fieldOf(schema);
  if (field.kind !== 'group') {
    return (
      <div className="card-body">
        {schema === null || schema === true ? (
          <span className="dim">{TEMPLATE_WORDS.anyParams}</span>
        ) : (
          <JsonView value={schema} label={words.parameters} />
        )}
      </div>
    );
  }
  if (field.fields.length === 0) {
    return <p className="card-body dim">{TEMPLATE_WORDS.noParams}</p>;
  }
  return (
    <div className="table-scroll">
      <table className="table table-cards">
        <thead>
          <tr>
            <th>{words.parameter}</th>
            <th>{words.type}</th>
            <th>{words.byDefault}</th>
            <th>{words.about}</th>
          </tr>
        </thead>
        <tbody>
          {field.fields.map((one) => (
            <tr key={one.name}>
              <td className="first">
                <code>{one.name}</code>
                {one.required && one.initial === undefined && (
                  <span className="dim"> {TEMPLATE_WORDS.required}</span>
                )}
              </td>
              <td>{typeOf(one)}</td>
              <td>{one.initial !== undefined && <code>{pretty(one.initial)}</code>}</td>
              <td className="dim">{one.description}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function typeOf(field: Field): string {
  if (field.kind === 'number') return field.whole ? words.types.whole : words.types.number;
  if (field.kind !== 'choice') return words.types[field.kind];
  return `${words.types.choice} ${field.options.map(pretty).join(', ')}`;
}
