using FedOperator.Core.Api;
using FedOperator.Core.Ledger;
using FedOperator.Trainer.Data;

namespace FedOperator.Bench.Cells;

/// <summary>Fashion-MNIST as the comparison shares it out: 55,000 training images, 5,000 of the train split held back for validation, the test split.</summary>
internal sealed class FashionData
{
    /// <summary>Where Debian's dataset-fashion-mnist puts it.</summary>
    public const string Folder = "/usr/share/datasets/fashion-mnist";

    /// <summary>Classes, and clients that share the data.</summary>
    public const int Classes = 10, Clients = 10;

    private const int ImageLength = 28 * 28, Validation = 5_000;
    private static readonly int[] s_shape = [1, 28, 28];
    private readonly (byte[] Images, byte[] Labels) _train, _validation, _test;

    private FashionData((byte[] Images, byte[] Labels) all, (byte[] Images, byte[] Labels) test, int trainSamples)
    {
        var order = new Draws(0, "bench/validation").Permutation(all.Labels.Length);
        (_validation, _train, _test) = (Take(all, order[..Validation]), Take(all, order.AsSpan(Validation, Math.Min(trainSamples, order.Length - Validation)).ToArray()), test);
    }

    /// <summary>How a kind of data is partitioned.</summary>
    public static PartitionSpec PartitionOf(string kind) => kind switch
    {
        "iid" or "featureShift" => new PartitionSpec(),
        "twoClasses" => new PartitionSpec { Method = PartitionMethod.ClassesPerClient, Classes = 2 },
        "oneClass" => new PartitionSpec { Method = PartitionMethod.ClassesPerClient, Classes = 1 },
        _ => throw new ArgumentException($"data '{kind}' is unknown: iid, twoClasses, oneClass or featureShift", nameof(kind)),
    };

    /// <summary>Reads the files.</summary>
    /// <param name="folder">Where they lie.</param>
    /// <param name="trainSamples">How many of the training images are used; default all.</param>
    public static FashionData Read(string folder, int trainSamples = int.MaxValue) => new(Read(folder, "train"), Read(folder, "t10k"), trainSamples);

    /// <summary>Unpacks the files, which every run reads.</summary>
    public static void Unpack(string folder)
    {
        foreach (var path in Directory.GetFiles(Folder, "*.gz"))
        {
            using var packed = new System.IO.Compression.GZipStream(File.OpenRead(path), System.IO.Compression.CompressionMode.Decompress);
            using var plain = File.Create(Path.Join(folder, Path.GetFileNameWithoutExtension(path)));
            packed.CopyTo(plain);
        }
    }

    /// <summary>One client's part.</summary>
    /// <param name="plan">Seed and clients.</param>
    /// <param name="client">Whose.</param>
    /// <param name="kind">Of data.</param>
    /// <param name="split">What it is evaluated on: `validation` or `test`.</param>
    public ClientData Of(Plan plan, PlannedClient client, string kind, string split)
    {
        var law = PartitionLaw.Draw(client.Partition, plan.Seed, Classes, client.Shards);
        return new ClientData(Shard(_train, law, "train", client, kind), Shard(split == "test" ? _test : _validation, law, "t10k", client, kind));
    }

    private static Samples Shard((byte[] Images, byte[] Labels) all, PartitionLaw law, string split, PlannedClient client, string kind)
    {
        var (images, labels) = Take(all, law.Shard(all.Labels, split, client.Shard));
        if (kind == "featureShift")
        {
            // One machine with all the data has all ten domains.
            for (var i = 0; i < labels.Length; i++)
                Domain(images.AsSpan(i * ImageLength, ImageLength), client.Shards == 1 ? i % Clients : client.Shard, new Draws(0, "bench/noise/" + split, client.Name, index: i));
        }
        return new Samples(images, labels, s_shape);
    }

    /// <summary>Client i's camera: contrast falls from 1 to 0.28 with i, every other one is dark-adapted (brighter by 60), every third one has noise of deviation 40.</summary>
    private static void Domain(Span<byte> image, int domain, Draws draws)
    {
        var (contrast, offset, noise) = (1 - (0.08 * domain), domain % 2 * 60, domain % 3 == 2 ? 40 : 0);
        for (var i = 0; i < image.Length; i++)
        {
            // The sum of four uniform draws, scaled to deviation 1: as good as normal here.
            var wave = noise == 0 ? 0 : ((draws.Below(1024) + draws.Below(1024) + draws.Below(1024) + draws.Below(1024)) / 1024.0 - 2) * Math.Sqrt(3);
            image[i] = (byte)Math.Clamp(Math.Round((image[i] * contrast) + offset + (noise * wave)), 0, 255);
        }
    }

    private static (byte[] Images, byte[] Labels) Take((byte[] Images, byte[] Labels) all, int[] indices)
    {
        var images = new byte[indices.Length * ImageLength];
        for (var i = 0; i < indices.Length; i++)
            all.Images.AsSpan(indices[i] * ImageLength, ImageLength).CopyTo(images.AsSpan(i * ImageLength));
        return (images, [.. indices.Select(i => all.Labels[i])]);
    }

    private static (byte[] Images, byte[] Labels) Read(string folder, string split)
    {
        using var images = IdxReader.Open(folder, $"{split}-images-idx3-ubyte", 3);
        using var labels = IdxReader.Open(folder, $"{split}-labels-idx1-ubyte", 1);
        var (pixels, classes) = (new byte[images.Shape[0] * ImageLength], new byte[labels.Shape[0]]);
        images.Read(pixels);
        labels.Read(classes);
        return (pixels, classes);
    }
}
