using System.Security.Cryptography;
using FedOperator.Core.Ledger;
using FedOperator.Core.Storage;
using FedOperator.Core.Tensors;
using FedOperator.Trainer.Aggregation;

namespace FedOperator.Bench;

/// <summary>A base checkpoint and updates of a given size in a temporary folder: four distinct contents, the other clients' files are hard links to them.</summary>
internal static class ReduceFiles
{
    public const int Distinct = 4;

    public static ModelLayout Model(int megabytes)
    {
        // as a ResNet's: large convolutions with a BatchNorm each
        var tensors = new List<TensorEntry>();
        var layers = new List<string>();
        for (var block = 0; block < 10; block++)
        {
            var layer = $"layer{block}.bn";
            tensors.Add(new($"layer{block}.conv.weight", [256, megabytes * 1_000_000 / 4 / 10 / 256], DType.F32, TensorRole.Weight, TensorPlacement.Shared, $"layer{block}.conv"));
            tensors.Add(new(layer + ".weight", [256], DType.F32, TensorRole.BnAffine, TensorPlacement.Shared, layer));
            tensors.Add(new(layer + ".bias", [256], DType.F32, TensorRole.BnAffine, TensorPlacement.Shared, layer));
            tensors.Add(new(layer + ".running_mean", [256], DType.F32, TensorRole.BnStatistic, TensorPlacement.Shared, layer, BnStatistic.Mean));
            tensors.Add(new(layer + ".running_var", [256], DType.F32, TensorRole.BnStatistic, TensorPlacement.Shared, layer, BnStatistic.Variance));
            tensors.Add(new(layer + ".num_batches_tracked", [], DType.I64, TensorRole.Counter, TensorPlacement.Shared, layer));
            layers.Add(layer);
        }
        return new ModelLayout(tensors, layers);
    }

    public static string Update(string folder, int client) => Path.Join(folder, $"fj-bench-{client:D3}", "updates", "u.safetensors");

    public static async Task WriteAsync(string folder, int megabytes, int clients)
    {
        var model = Model(megabytes);
        var global = new FileBlobStore(Path.Join(folder, "fj-bench"));
        await WriteAsync(global, "checkpoints/000000.safetensors", [.. model.Tensors.Select(t => new TensorHeader(t.Name, t.DType, t.Shape))], 99);
        var tensors = UpdateLayout.Train(model).Select(t => new TensorHeader(t.Name, t.DType, t.Shape)).ToList();
        for (var client = 0; client < clients; client++)
        {
            var store = new FileBlobStore(Path.Join(folder, $"fj-bench-{client:D3}"));
            if (client < Distinct)
                await WriteAsync(store, "updates/u.safetensors", tensors, client);
            else
                LinkTo(Update(folder, client % Distinct), Update(folder, client));
        }
    }

    public static async Task<List<ClientUpdate>> UpdatesAsync(string folder, int clients)
    {
        var updates = new List<ClientUpdate>();
        for (var client = 0; client < clients; client++)
        {
            var store = new FileBlobStore(Path.Join(folder, $"fj-bench-{client:D3}"));
            var there = await store.StatAsync("updates/u.safetensors", default) ?? throw new FileNotFoundException(Update(folder, client));
            updates.Add(new ClientUpdate($"client-{client:D3}", store, "updates/u.safetensors", there.ETag, there.Length, 100 + client));
        }
        return updates;
    }

    public static string Sha256(string path)
    {
        using var file = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(file));
    }

    private static async Task WriteAsync(FileBlobStore store, string name, List<TensorHeader> tensors, int seed)
    {
        await using var draft = await store.DraftAsync(default);
        var writer = await SafetensorsWriter.StartAsync(draft.Content, tensors);
        var random = new Random(seed);
        foreach (var tensor in tensors)
            await writer.WriteAsync(tensor.Name, Content(tensor, random), default);
        await writer.CompleteAsync(default);
        await draft.CommitAsync(name, default);
    }

    private static byte[] Content(TensorHeader tensor, Random random)
    {
        var data = new byte[tensor.ByteLength];
        for (var at = 0; at < data.Length; at += tensor.DType.Size())
        {
            if (tensor.DType == DType.F32)
                BitConverter.TryWriteBytes(data.AsSpan(at), random.NextSingle() + 0.01f);
            else if (tensor.DType == DType.F64)
                BitConverter.TryWriteBytes(data.AsSpan(at), (double)random.Next(1, 1000));
            else
                BitConverter.TryWriteBytes(data.AsSpan(at), (long)random.Next(1000));
        }
        return data;
    }

    private static void LinkTo(string existing, string link)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(link)!);
        File.CreateSymbolicLink(link, existing);
    }
}
