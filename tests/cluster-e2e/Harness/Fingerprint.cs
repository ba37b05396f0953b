using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using FedOperator.Core.Ledger;
using FedOperator.Core.Storage;

namespace FedOperator.ClusterEndToEnd.Harness;

/// <summary>What a job's ledger has in bytes that a fault must not change: the inference model, and the hashes of checkpoints, server states, updates and personal states that the documents of all rounds name. One line each, sorted.</summary>
internal static class Fingerprint
{
    /// <summary>Reads it.</summary>
    /// <param name="stores">Where the containers are.</param>
    /// <param name="job">The job's id.</param>
    /// <param name="clients">Its clients.</param>
    public static async Task<IReadOnlyList<string>> OfAsync(BlobStores stores, string job, IEnumerable<string> clients)
    {
        var ledger = new JobLedger(job, stores.Container);
        var lines = new List<string>();
        await foreach (var blob in ledger.Global.ListAsync("results/", default))
            lines.Add($"{blob.Name} {await HashAsync(ledger.Global, blob)}");
        await foreach (var blob in ledger.Global.ListAsync("rounds/", default))
        {
            if (!blob.Name.EndsWith("/closed.json", StringComparison.Ordinal))
                continue;
            var closed = await DocumentAsync(ledger.Global, blob.Name);
            lines.Add($"{blob.Name} checkpoint={(string?)closed["checkpoint"]?["sha256"]} serverState={(string?)closed["serverState"]?["sha256"]}");
        }
        foreach (var client in clients)
        {
            await foreach (var blob in ledger.Exchange(client).ListAsync("rounds/", default))
            {
                if (!blob.Name.EndsWith("/report.json", StringComparison.Ordinal))
                    continue;
                var report = await DocumentAsync(ledger.Exchange(client), blob.Name);
                lines.Add($"{client} {blob.Name} update={(string?)report["update"]} state={(string?)report["state"]}");
            }
        }
        lines.Sort(StringComparer.Ordinal);
        return lines;
    }

    private static async Task<JsonNode> DocumentAsync(IBlobStore store, string name) =>
        JsonNode.Parse((await store.ReadAsync(name, LedgerPaths.MaximumDocumentLength, null, default)).Content.Span)!;

    private static async Task<string> HashAsync(IBlobStore store, BlobItem blob)
    {
        var content = new byte[blob.Length];
        await store.ReadRangeAsync(blob.Name, 0, content, null, default);
        return string.Create(CultureInfo.InvariantCulture, $"{Convert.ToHexStringLower(SHA256.HashData(content))} {blob.Length}");
    }
}
