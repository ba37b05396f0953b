using System.Globalization;
using FedOperator.Core.Api;
using FedOperator.Core.Ledger;
using FedOperator.Core.Tensors;
using FedOperator.Trainer.Data;
using FedOperator.Trainer.Tests.Support;

namespace FedOperator.Trainer.Tests.Data;

/// <summary>A client of fifty of a data set of 60,000 images reads and holds its own, and of the others' the labels.</summary>
public sealed class OwnPartTests : IDisposable
{
    private const int Images = 60_000, Clients = 50, Own = Images / Clients;
    private readonly Folder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Of_idx_files()
    {
        // Sparse: sizes are what matters.
        Sparse("train-images-idx3-ubyte", 16 + (Images * 784L), [0, 0, 8, 3, 0, 0, 0xEA, 0x60, 0, 0, 0, 28, 0, 0, 0, 28]);
        Sparse("train-labels-idx1-ubyte", 8 + Images, [0, 0, 8, 1, 0, 0, 0xEA, 0x60]);
        WrittenData.Draw("test", 50, 10, 1, 28, 28).WriteIdx(_folder.Path, "t10k");
        AssertRead(DataFormat.Idx, 784, Own * 784L, Images);
    }

    [Fact]
    public void Of_CIFAR()
    {
        foreach (var name in DataFiles.Train(DataFormat.Cifar10))
            Sparse(name, Images / 5 * 3073L, []);
        WrittenData.Draw("test", 50, 10, 3, 32, 32).WriteCifar(_folder.Path, DataFormat.Cifar10, DataFiles.Test(DataFormat.Cifar10));
        AssertRead(DataFormat.Cifar10, 3072, Own * 3072L, Images);
    }

    [Fact]
    public void Of_safetensors()
    {
        var header = SafetensorsWriter.Header([new TensorHeader("x", DType.F32, [Images, 1, 28, 28]), new TensorHeader("y", DType.I64, [Images])]);
        Sparse("train.safetensors", header.Length + (Images * ((784L * 4) + 8)), header);
        WrittenData.Draw("test", 50, 10, 1, 28, 28).WriteSafetensors(_folder.Path, "test");
        AssertRead(DataFormat.Safetensors, 784 * sizeof(float), Own * 784L * 4, Images * 8L);
    }

    private void AssertRead(DataFormat format, int imageBytes, long own, long labels)
    {
        var plan = Plans.Small() with { Model = new ModelSpec { InputShape = format == DataFormat.Cifar10 ? [3, 32, 32] : [1, 28, 28], Classes = 10 } };
        var client = new PlannedClient("a", false, format, new PartitionSpec(), 17, Clients);
        // Once before, so that what the runtime itself reads and allocates has been.
        ClientData.Load(_folder.Path, plan, client);
        var (read, allocated) = (Read(), GC.GetAllocatedBytesForCurrentThread());
        var data = ClientData.Load(_folder.Path, plan, client);
        (read, allocated) = (Read() - read, GC.GetAllocatedBytesForCurrentThread() - allocated);

        Assert.Equal((Own, 1), (data.Train.Count, data.Test.Count));
        // Headers, the test split (50 images, one of them its own) and reading the counter itself.
        Assert.InRange(read, own + labels, own + labels + 8192);
        // In memory: its images, and for each image of the data set labels and the draws of the partition.
        Assert.InRange(allocated, own, own + (Images * 40L) + (1 << 17));
        Assert.True(own + (Images * 40L) < Images * (long)imageBytes / 5);
    }

    // Of this thread: other tests read at the same time.
    private static long Read() => long.Parse(File.ReadLines("/proc/thread-self/io").Single(line => line.StartsWith("rchar:", StringComparison.Ordinal))["rchar:".Length..], CultureInfo.InvariantCulture);

    private void Sparse(string name, long length, ReadOnlySpan<byte> header)
    {
        using var file = File.Create(_folder[name]);
        file.Write(header);
        file.SetLength(length);
    }
}
