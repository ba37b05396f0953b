using FedOperator.Core.Ledger;

namespace FedOperator.Trainer.Data;

/// <summary>What one client trains and is evaluated on: its shards of the train and of the test split.</summary>
/// <param name="Train">Its share of train-*.</param>
/// <param name="Test">Its share of t10k-*.</param>
public sealed record ClientData(Samples Train, Samples Test)
{
    /// <summary>Reads a client's shards from a folder of idx files. Of images, only its own are held in memory.</summary>
    /// <exception cref="InvalidDataException">A file is missing, malformed or does not fit the model; the message names it.</exception>
    public static ClientData Load(string folder, Plan plan, PlannedClient client)
    {
        var law = PartitionLaw.Draw(client.Partition, plan.Seed, plan.Model.Classes, client.Shards);
        return new ClientData(Split(folder, "train", plan, client, law), Split(folder, "t10k", plan, client, law));
    }

    private static Samples Split(string folder, string split, Plan plan, PlannedClient client, PartitionLaw law)
    {
        using var images = IdxReader.Open(folder, $"{split}-images-idx3-ubyte", 3, 4);
        IReadOnlyList<int> shape = images.Shape.Count == 3 ? [1, .. images.Shape.Skip(1)] : [.. images.Shape.Skip(1)];
        if (!shape.SequenceEqual(plan.Model.InputShape))
            throw new InvalidDataException($"{images.Path}: images of [{string.Join(", ", shape)}], but model.inputShape is [{string.Join(", ", plan.Model.InputShape)}]");
        var labels = ReadLabels(folder, split, images, plan.Model.Classes);
        var own = law.Shard(labels, split, client.Shard);
        var pixels = new byte[(long)own.Length * images.ItemLength];
        var skipped = new byte[images.ItemLength];
        var taken = 0;
        for (var i = 0; i < labels.Length; i++)
        {
            var mine = taken < own.Length && own[taken] == i;
            images.Read(mine ? pixels.AsSpan(taken++ * images.ItemLength, images.ItemLength) : skipped);
        }
        images.End();
        return new Samples(pixels, [.. own.Select(i => labels[i])], shape);
    }

    private static byte[] ReadLabels(string folder, string split, IdxReader images, int classes)
    {
        using var reader = IdxReader.Open(folder, $"{split}-labels-idx1-ubyte", 1);
        if (reader.Shape[0] != images.Shape[0])
            throw new InvalidDataException($"{reader.Path}: {reader.Shape[0]} labels for the {images.Shape[0]} images of {images.Path}");
        var labels = new byte[reader.Shape[0]];
        reader.Read(labels);
        reader.End();
        var strange = Array.FindIndex(labels, label => label >= classes);
        return strange < 0 ? labels : throw new InvalidDataException($"{reader.Path}: label {labels[strange]} at {strange}, but model.classes is {classes}");
    }
}
