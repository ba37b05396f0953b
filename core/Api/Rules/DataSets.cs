using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace FedOperator.Core.Api;

/// <summary>The clients that share one data set.</summary>
/// <param name="Data">How it is shared, and where it lies.</param>
/// <param name="Field">Path of the spec that says so: `spec.data`, `spec.clients[1].data`.</param>
/// <param name="Clients">In ordinal order of their names: the order of the shards.</param>
public sealed record DataSet(DataSpec Data, string Field, IReadOnlyList<ClientName> Clients);

/// <summary>Which clients share a data set: those whose data spec is the same after `$(CLIENT_INDEX)` is replaced. An external client always has its own.</summary>
public static class DataSets
{
    /// <summary>The data sets of a job, in the order of their first client.</summary>
    public static IReadOnlyList<DataSet> Of(FederatedJobSpec spec) =>
        [.. ClientNames.Expand(spec.Clients)
            .GroupBy(client => Key(spec, client), StringComparer.Ordinal)
            .Select(set => new DataSet(Data(spec, set.First()), Field(spec, set.First()), [.. set]))];

    private static DataSpec Data(FederatedJobSpec spec, ClientName client) => spec.Clients[client.Group].Data ?? spec.Data;

    private static string Field(FederatedJobSpec spec, ClientName client) =>
        spec.Clients[client.Group].Data is null ? "spec.data" : string.Create(CultureInfo.InvariantCulture, $"spec.clients[{client.Group}].data");

    private static string Key(FederatedJobSpec spec, ClientName client)
    {
        if (spec.Clients[client.Group].External)
            return "external " + client.Name;
        var data = Data(spec, client);
        var index = client.Index.ToString(CultureInfo.InvariantCulture);
        string Place(string text) => text.Replace("$(CLIENT_INDEX)", index, StringComparison.Ordinal);
        var volume = data.Volume is null ? "" : CanonicalJson.Text(JsonNode.Parse(Place(data.Volume.ToJsonString()))!);
        var (partition, pixels) = (JsonSerializer.Serialize(data.Partition, ApiJson.Default.PartitionSpec), data.Pixels is null ? "" : JsonSerializer.Serialize(data.Pixels, ApiJson.Default.PixelSpec));
        return $"{data.Format} {Place(data.Path)} {volume} {partition} {pixels}";
    }
}
