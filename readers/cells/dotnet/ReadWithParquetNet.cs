using System.Numerics;
using Parquet;
using Parquet.Data;
using Parquet.Schema;

static class ReadWithParquetNet
{
    public static async Task<Table> Read(string path)
    {
        var columns = new SortedDictionary<string, List<object?>>(StringComparer.Ordinal);
        // By default it rounds to the 28 digits of System.Decimal, without saying so.
        var options = new ParquetOptions { UseBigDecimal = true };
        await using var file = await ParquetReader.CreateAsync(path, options);
        for (var g = 0; g < file.RowGroupCount; g++)
        {
            using var group = file.OpenRowGroupReader(g);
            foreach (var field in file.Schema.DataFields)
            {
                if (!columns.TryGetValue(field.Name, out var cells)) columns[field.Name] = cells = [];
                cells.AddRange(await Cells(group, field));
            }
        }
        return new Table(columns, []);
    }

    static async Task<IEnumerable<object?>> Cells(ParquetRowGroupReader group, DataField field)
    {
        var rows = (int)group.RowCount;
        if (field.ClrType == typeof(string) || field.ClrType == typeof(ReadOnlyMemory<char>))
        {
            var texts = new string?[rows];
            await group.ReadAsync(field, texts.AsMemory());
            return texts;
        }
        if (field.ClrType == typeof(bool)) return (await Values<bool>(group, field)).Select(value => (object?)value);
        if (field.ClrType == typeof(BigDecimal))
        {
            return (await Values<BigDecimal>(group, field)).Select(value => (object?)Unscaled(value)?.ToString());
        }
        if (field.ClrType == typeof(DateTime))
        {
            return (await Values<DateTime>(group, field)).Select(value =>
                (object?)(value is { } date ? (int)(date - DateTime.UnixEpoch).TotalDays : null));
        }
        throw new NotSupportedException($"{field.Name} is {field.ClrType}");
    }

    static async Task<T?[]> Values<T>(ParquetRowGroupReader group, DataField field)
        where T : struct
    {
        var values = new T?[(int)group.RowCount];
        await group.ReadAsync(field, values.AsMemory());
        return values;
    }

    static BigInteger? Unscaled(BigDecimal? value) =>
        value is { } amount ? amount.UnscaledValue * BigInteger.Pow(10, 18 - amount.Scale) : null;
}
