// Calls every operation through each generated client and prints what came, a line of JSON each.
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;

var settings = JsonSerializer.Deserialize<Settings>(
    await Console.In.ReadToEndAsync(),
    new JsonSerializerOptions(JsonSerializerDefaults.Web))!;

foreach (var calls in new Calls[] { new NSwagCalls(settings), new KiotaCalls(settings) })
{
    foreach (var (operation, call) in calls.All())
    {
        string answer;
        try
        {
            answer = await call();
        }
        catch (Exception error)
        {
            answer = JsonSerializer.Serialize(new { failed = $"{error.GetType().Name}: {error.Message}" });
        }
        Console.WriteLine($"{{\"client\":\"{calls.Name}\",\"operation\":\"{operation}\",\"answer\":{answer}}}");
    }
}

/// <summary>What there is to be asked for.</summary>
record Settings(
    string Url, string Key, string Enrollment, string Period, string Part, string File,
    string DownloadId, string Cursor, string Skiptoken, string RowsTag, string UsageTag);

/// <summary>The calls of one generator's clients, by the names of their operations.</summary>
abstract class Calls(string name)
{
    public string Name { get; } = name;

    public abstract IEnumerable<(string Operation, Func<Task<string>> Call)> All();

    /// <summary>Follows redirects as every client does; the certificate of local storage is its own.</summary>
    protected static HttpClient ClientFor(Settings settings)
    {
        var http = new HttpClient(Handler()) { BaseAddress = new Uri(settings.Url) };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("bearer", settings.Key);
        return http;
    }

    protected static HttpClientHandler Handler() => new()
    {
        AutomaticDecompression = DecompressionMethods.All,
        ServerCertificateCustomValidationCallback = (_, _, _, _) => true,
    };

    protected static async Task<string> Digest(Stream stream)
    {
        using var memory = new MemoryStream();
        await stream.CopyToAsync(memory);
        return JsonSerializer.Serialize(new { bytes = Convert.ToHexStringLower(
            System.Security.Cryptography.SHA256.HashData(memory.ToArray())) });
    }
}
