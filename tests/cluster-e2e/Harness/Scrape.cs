using System.Text.Json.Nodes;

namespace FedOperator.ClusterEndToEnd.Harness;

/// <summary>Reads a pod's /metrics, as Prometheus would.</summary>
internal static class Scrape
{
    private static readonly HttpClient s_http = new() { Timeout = TimeSpan.FromSeconds(10) };

    /// <summary>The text, which `promtool check metrics` has nothing against.</summary>
    public static async Task<string> CleanAsync(JsonNode pod, int port)
    {
        var text = await s_http.GetStringAsync(new Uri($"http://{(string)pod["status"]!["podIP"]!}:{port}/metrics"));
        var said = await Shell.TryAsync("promtool", ["check", "metrics"], text);
        Assert.True(said.Code == 0 && said.All.Trim().Length == 0, $"promtool check metrics of {pod["metadata"]!["name"]}: exit code {said.Code}\n{said.All}");
        return text;
    }
}
