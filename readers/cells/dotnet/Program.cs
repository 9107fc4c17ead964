// Prints the cells of Parquet files, one JSON line per reader and file. Decimals are whole numbers of 10^-18 as text, dates are
// days since 1970.
using System.Text.Encodings.Web;
using System.Text.Json;

var readers = new (string Name, Func<string, Task<Table>> Read)[]
{
    ("ParquetSharp", ReadWithParquetSharp.Read),
    ("Parquet.Net", ReadWithParquetNet.Read),
};
var options = new JsonSerializerOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
foreach (var (name, read) in readers)
{
    foreach (var file in args)
    {
        var table = await read(file);
        Console.WriteLine(JsonSerializer.Serialize(new { reader = name, file, columns = table.Columns, outOfRange = table.OutOfRange }, options));
    }
}

/// <param name="Columns">Cells by column.</param>
/// <param name="OutOfRange">Columns in which a value is outside the range of System.Decimal, read by other means.</param>
record Table(SortedDictionary<string, List<object?>> Columns, SortedSet<string> OutOfRange);
