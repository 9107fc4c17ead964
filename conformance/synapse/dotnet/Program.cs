// Parses scripts, a line of JSON each with its name and text, and prints what each has: statements, errors.
using System.Text.Json;
using Microsoft.SqlServer.TransactSql.ScriptDom;

var web = new JsonSerializerOptions(JsonSerializerDefaults.Web);
while (Console.In.ReadLine() is { } line)
{
    var script = JsonSerializer.Deserialize<Script>(line, web)!;
    // An instance for each script: a parser keeps SET QUOTED_IDENTIFIER.
    var tree = new TSql170Parser(initialQuotedIdentifiers: true).Parse(new StringReader(script.Text), out var errors);
    var statements = tree is TSqlScript parsed ? parsed.Batches.Sum(batch => batch.Statements.Count) : 0;
    var found = errors.Select(error => $"line {error.Line}: {error.Message}").ToArray();
    Console.WriteLine(JsonSerializer.Serialize(new Parsed(script.Name, statements, found), web));
}

record Script(string Name, string Text);

record Parsed(string Name, int Statements, string[] Errors);
