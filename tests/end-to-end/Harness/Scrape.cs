using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace FedOperator.EndToEnd.Tests.Harness;

/// <summary>What a process answered at /metrics.</summary>
internal sealed class Scrape(string text)
{
    /// <summary>The answer.</summary>
    public string Text => text;

    /// <summary>A port that nobody listens on.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Asks a process of this machine.</summary>
    public static async Task<Scrape> OfAsync(int port)
    {
        using var http = new HttpClient();
        return new Scrape(await http.GetStringAsync(new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/metrics"))));
    }

    /// <summary>A series' value; null where there is no such series.</summary>
    /// <param name="series">Name and labels as they are exported: `x{kind="train"}`.</param>
    public double? Find(string series) => text.Split('\n').FirstOrDefault(l => l.StartsWith(series + " ", StringComparison.Ordinal)) is { } line
        ? double.Parse(line[(series.Length + 1)..], CultureInfo.InvariantCulture)
        : null;

    /// <summary>A series' value.</summary>
    public double this[string series]
    {
        get
        {
            var value = Find(series);
            Assert.True(value is not null, $"no {series} in\n{text}");
            return value.Value;
        }
    }
}
