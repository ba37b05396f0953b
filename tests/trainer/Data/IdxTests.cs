using System.Buffers.Binary;
using System.IO.Compression;
using FedOperator.Core.Api;
using FedOperator.Core.Ledger;
using FedOperator.Trainer.Data;
using FedOperator.Trainer.Tests.Support;

namespace FedOperator.Trainer.Tests.Data;

public sealed class IdxTests : IDisposable
{
    private readonly Folder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("")]
    [InlineData(".gz")]
    public void A_client_reads_its_own_samples(string suffix)
    {
        Write(suffix, 20);
        var plan = Plan(new PlannedClient("b", false, DataFormat.Idx, new PartitionSpec(), 1, 2));
        var data = ClientData.Load(_folder.Path, plan, plan.Clients[0]);
        Assert.Equal(10, data.Train.Count);
        var own = PartitionLaw.Draw(new PartitionSpec(), plan.Seed, 5, 2).Shard([.. Enumerable.Range(0, 20).Select(i => (byte)(i % 5))], "train", 1);
        var image = new double[6];
        for (var i = 0; i < own.Length; i++)
        {
            Assert.Equal(own[i] % 5, data.Train.Labels[i]);
            data.Train.Normalize([i], image.AsSpan());
            Assert.Equal((((own[i] * 6) + 3) / 255.0 - 0.286) / 0.353, image[3], 1e-15);
        }
    }

    [Fact]
    public void Debians_fashion_mnist_reads()
    {
        const string Installed = "/usr/share/datasets/fashion-mnist";
        Assert.True(Directory.Exists(Installed), "apt-get install dataset-fashion-mnist");
        var plan = Plans.Small() with { Model = new ModelSpec() };
        var client = new PlannedClient("a", false, DataFormat.Idx, new PartitionSpec { Method = PartitionMethod.ClassesPerClient, Classes = 2 }, 0, 5);
        var data = ClientData.Load(Installed, plan, client);
        Assert.Equal(12_000, data.Train.Count);
        Assert.Equal(2_000, data.Test.Count);
        Assert.Equal(2, data.Train.Labels.ToArray().Distinct().Count());
    }

    [Fact]
    public void A_missing_file_is_named() => AssertInvalid("train-images-idx3-ubyte: no such file");

    [Fact]
    public void A_wrong_magic_is_named()
    {
        Write("", 20);
        File.WriteAllBytes(_folder["train-images-idx3-ubyte"], [0, 0, 13, 3, 0, 0, 0, 1]);
        AssertInvalid("train-images-idx3-ubyte: magic 0x00000D03");
    }

    [Theory]
    [InlineData("")]
    [InlineData(".gz")]
    public void A_truncated_file_is_named(string suffix)
    {
        Write(suffix, 20);
        Put("train-images-idx3-ubyte" + suffix, [.. Header(3, 20, 2, 3), .. new byte[119]]);
        AssertInvalid(suffix.Length == 0 ? "135 bytes, but its header [20, 2, 3] announces 136" : "train-images-idx3-ubyte.gz: ends too early");
    }

    [Fact]
    public void Bytes_past_the_end_are_refused()
    {
        Write(".gz", 20);
        Put("train-images-idx3-ubyte.gz", [.. Header(3, 20, 2, 3), .. new byte[121]]);
        AssertInvalid("more bytes than its header announces");
    }

    [Fact]
    public void Absurd_dimensions_are_refused_before_anything_is_allocated()
    {
        Write("", 20);
        Put("train-images-idx3-ubyte", Header(3, 20, int.MaxValue, int.MaxValue));
        AssertInvalid("dimension 1 is 2147483647");
    }

    [Fact]
    public void Labels_and_images_must_be_equally_many()
    {
        Write("", 20);
        Put("train-labels-idx1-ubyte", [.. Header(1, 19), .. new byte[19]]);
        AssertInvalid("19 labels for the 20 images");
    }

    [Fact]
    public void A_label_beyond_the_classes_is_named()
    {
        Write("", 20);
        Put("train-labels-idx1-ubyte", [.. Header(1, 20), .. new byte[19], 9]);
        AssertInvalid("train-labels-idx1-ubyte: label 9 at 19, but model.classes is 5");
    }

    [Fact]
    public void Images_of_another_shape_than_the_model_takes_are_refused()
    {
        Write("", 20);
        var plan = Plans.Small();
        var error = Assert.Throws<InvalidDataException>(() => ClientData.Load(_folder.Path, plan, plan.Clients[0]));
        Assert.Contains("images of [1, 2, 3], but model.inputShape is [1, 12, 12]", error.Message, StringComparison.Ordinal);
    }

    private static Plan Plan(PlannedClient? client = null) => Plans.Small() with
    {
        Model = new ModelSpec { InputShape = [1, 2, 3], Classes = 5 },
        Clients = [client ?? new PlannedClient("a", false, DataFormat.Idx, new PartitionSpec(), 0, 1)],
    };

    private static byte[] Header(params int[] values)
    {
        var header = new byte[4 * values.Length];
        (header[2], header[3]) = (8, (byte)values[0]);
        for (var i = 1; i < values.Length; i++)
            BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4 * i), values[i]);
        return header;
    }

    private void AssertInvalid(string message)
    {
        var plan = Plan();
        var error = Assert.Throws<InvalidDataException>(() => ClientData.Load(_folder.Path, plan, plan.Clients[0]));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    private void Write(string suffix, int count)
    {
        foreach (var split in new[] { "train", "t10k" })
        {
            Put($"{split}-images-idx3-ubyte{suffix}", [.. Header(3, count, 2, 3), .. Enumerable.Range(0, count * 6).Select(i => (byte)i)]);
            Put($"{split}-labels-idx1-ubyte{suffix}", [.. Header(1, count), .. Enumerable.Range(0, count).Select(i => (byte)(i % 5))]);
        }
    }

    private void Put(string name, byte[] content)
    {
        using Stream file = File.Create(_folder[name]);
        using var stream = name.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(file, CompressionLevel.Fastest) : file;
        stream.Write(content);
    }
}
