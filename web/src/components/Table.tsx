import type { ReactNode } from "react";

export interface Column<Row> {
  name: string;
  title: string;
  cell: (row: Row) => ReactNode;
  /** Numbers stand at the end of their column; words at the start. */
  align?: "start" | "end";
  /** The title is only read aloud: what stands below needs none. */
  quiet?: boolean;
}

interface Given<Row> {
  label: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  keyOf: (row: Row) => string | number;
  /** On a telephone each row becomes a few lines, instead of scrolling sideways. */
  stacks?: boolean;
}

/** A table; when it is wider than the screen it scrolls by itself, by keyboard too. */
export function Table<Row>({ label, columns, rows, keyOf, stacks = false }: Given<Row>) {
  return (
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div className="table-frame" role="group" aria-label={label} tabIndex={0}>
      <table className={stacks ? "table stacks" : "table"}>
        <thead>
          <tr>
            {columns.map(({ name, title, align, quiet }) => (
              <th key={name} scope="col" data-align={align ?? "start"}>
                {quiet ? <span className="visually-hidden">{title}</span> : title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={keyOf(row)}>
              {columns.map(({ name, cell, align }) => (
                <td key={name} data-align={align ?? "start"}>
                  {cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
