/** What Grafana puts in the place of a variable: a regular expression of values, or a duration. */
export type Variables = Readonly<Record<string, string>>;

/** An expression as Grafana asks it. @throws where it has a variable that isn't known */
export function replaceVariables(expression: string, variables: Variables): string {
  // Whole names: $canary is the beginning of $canary_server.
  return expression.replaceAll(/\$(\w+)/g, (_, name: string) => {
    const value = variables[name];
    if (value === undefined)
      throw new Error(`nothing is known to put in the place of $${name}: ${expression}`);
    return value;
  });
}
