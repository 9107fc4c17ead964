using System.Numerics;
using ParquetSharp;

static class ReadWithParquetSharp
{
    public static Task<Table> Read(string path)
    {
        var columns = new SortedDictionary<string, List<object?>>(StringComparer.Ordinal);
        var outOfRange = new SortedSet<string>(StringComparer.Ordinal);
        using var file = new ParquetFileReader(path);
        for (var g = 0; g < file.FileMetaData.NumRowGroups; g++)
        {
            using var group = file.RowGroup(g);
            var rows = (int)group.MetaData.NumRows;
            for (var c = 0; c < file.FileMetaData.NumColumns; c++)
            {
                var column = file.FileMetaData.Schema.Column(c);
                if (!columns.TryGetValue(column.Name, out var cells)) columns[column.Name] = cells = [];
                cells.AddRange(Cells(group, c, column, rows, outOfRange));
            }
        }
        return Task.FromResult(new Table(columns, outOfRange));
    }

    static IEnumerable<object?> Cells(
        RowGroupReader group, int c, ColumnDescriptor column, int rows, SortedSet<string> outOfRange)
    {
        switch (column.LogicalType)
        {
            case DecimalLogicalType:
                try
                {
                    return Logical<decimal?>(group, c, rows).Select(value => (object?)Unscaled(value)?.ToString()).ToList();
                }
                catch (OverflowException)
                {
                    outOfRange.Add(column.Name);
                    return Physical(group, c, rows);
                }
            case DateLogicalType:
                return Logical<Date?>(group, c, rows).Select(value => (object?)value?.Days);
            case StringLogicalType:
                return Logical<string?>(group, c, rows);
            default:
                return Logical<bool?>(group, c, rows).Select(value => (object?)value);
        }
    }

    static T[] Logical<T>(RowGroupReader group, int c, int rows)
    {
        using var reader = group.Column(c).LogicalReader<T>();
        return reader.ReadAll(rows);
    }

    /// The bytes of decimals, which hold values that System.Decimal does not.
    static List<object?> Physical(RowGroupReader group, int c, int rows)
    {
        using var reader = (ColumnReader<FixedLenByteArray>)group.Column(c);
        var (levels, values) = (new short[rows], new FixedLenByteArray[rows]);
        var cells = new List<object?>();
        while (reader.HasNext)
        {
            var count = reader.ReadBatch(rows, levels, null, values, out _);
            var next = 0;
            for (var i = 0; i < count; i++) cells.Add(levels[i] == 0 ? null : FromBytes(values[next++]));
        }
        return cells;
    }

    static string FromBytes(FixedLenByteArray value)
    {
        var bytes = new byte[16];
        System.Runtime.InteropServices.Marshal.Copy(value.Pointer, bytes, 0, 16);
        return new BigInteger(bytes, isBigEndian: true).ToString();
    }

    static BigInteger? Unscaled(decimal? value)
    {
        if (value is not { } amount) return null;
        var bits = decimal.GetBits(amount);
        var mantissa = ((BigInteger)(uint)bits[2] << 64) | ((BigInteger)(uint)bits[1] << 32) | (uint)bits[0];
        var scale = (bits[3] >> 16) & 0xff;
        return (bits[3] < 0 ? -mantissa : mantissa) * BigInteger.Pow(10, 18 - scale);
    }
}
