using System.Buffers.Binary;
using FedOperator.Core.Ledger;
using FedOperator.Core.Tensors;

namespace FedOperator.Trainer.Data;

/// <summary>What one client trains and is evaluated on: its shards of the train and of the test split.</summary>
/// <param name="Train">Its share of the train split.</param>
/// <param name="Test">Its share of the test split.</param>
public sealed record ClientData(Samples Train, Samples Test)
{
    /// <summary>Reads a client's shards. Of images, only its own are held in memory, and, but for compressed files, only they are read.</summary>
    /// <param name="folder">Where the data set's files lie.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="client">Whose shards: format, partition and pixels.</param>
    /// <exception cref="InvalidDataException">A file is missing, malformed or does not fit the model; the message names it, the value seen and the fix.</exception>
    public static ClientData Load(string folder, Plan plan, PlannedClient client)
    {
        var law = PartitionLaw.Draw(client.Partition, plan.Seed, plan.Model.Classes, client.Shards);
        return new ClientData(Read(folder, Split.Train, plan, client, law), Read(folder, Split.Test, plan, client, law));
    }

    private static Samples Read(string folder, Split split, Plan plan, PlannedClient client, PartitionLaw law)
    {
        using var files = DataSplit.Open(client.Format, folder, split);
        if (!files.ImageShape.SequenceEqual(plan.Model.InputShape))
            throw new InvalidDataException($"{files.Path}: images of [{string.Join(", ", files.ImageShape)}], but model.inputShape is [{string.Join(", ", plan.Model.InputShape)}]; give that of the images");
        var labels = files.Labels(plan.Model.Classes);
        var own = law.Shard<ushort>(labels, DataSplit.Key(split), client.Shard);
        if ((long)own.Length * files.ImageLength > Array.MaxLength)
            throw new InvalidDataException($"{files.Path}: {own.Length} images of {files.ImageLength} pixels for client {client.Name}, and a trainer holds at most {Array.MaxLength} pixels of a split; share the data set among more clients, or give it fewer images");
        ushort[] classes = [.. own.Select(i => labels[i])];
        var scale = PixelScale.Of(client.Format, files.Pixel == DType.U8, client.Pixels, files.ImageShape[0]);
        var shift = FeatureShift.Of(client.Partition, plan.Seed, client);
        if (files.Pixel == DType.U8)
        {
            var bytes = Bytes(files, own);
            shift?.Apply(bytes, files.ImageShape, split, own);
            return new Samples(bytes, classes, files.ImageShape, scale);
        }
        var numbers = Numbers(files, own);
        shift?.Apply(numbers, files.ImageShape, split, own);
        return new Samples(numbers, classes, files.ImageShape, scale);
    }

    private static byte[] Bytes(DataSplit files, int[] own)
    {
        var length = files.ImageLength;
        var images = new byte[own.Length * length];
        for (var i = 0; i < own.Length; i++)
            files.ReadImage(own[i], images.AsSpan(i * length, length));
        files.End();
        return images;
    }

    private static float[] Numbers(DataSplit files, int[] own)
    {
        var length = files.ImageLength;
        var images = new float[own.Length * length];
        var image = new byte[length * files.Pixel.Size()];
        for (var i = 0; i < own.Length; i++)
        {
            files.ReadImage(own[i], image);
            var numbers = images.AsSpan(i * length, length);
            ToNumbers(files.Pixel, image, numbers);
            for (var j = 0; j < numbers.Length; j++)
                if (!float.IsFinite(numbers[j]))
                    throw new InvalidDataException($"{files.Path}: x[{own[i]}, {Place(files.ImageShape, j)}] is {(float.IsNaN(numbers[j]) ? "NaN" : "infinite, or too large for float32")}; images need finite numbers");
        }
        files.End();
        return images;
    }

    private static string Place(IReadOnlyList<int> shape, int value) => FormattableString.Invariant($"{value / (shape[1] * shape[2])}, {value / shape[2] % shape[1]}, {value % shape[2]}");

    private static void ToNumbers(DType type, ReadOnlySpan<byte> bytes, Span<float> numbers)
    {
        for (var j = 0; j < numbers.Length; j++)
        {
            numbers[j] = type switch
            {
                DType.F32 => BinaryPrimitives.ReadSingleLittleEndian(bytes[(4 * j)..]),
                DType.F64 => (float)BinaryPrimitives.ReadDoubleLittleEndian(bytes[(8 * j)..]),
                DType.F16 => (float)BinaryPrimitives.ReadHalfLittleEndian(bytes[(2 * j)..]),
                _ => BitConverter.UInt32BitsToSingle((uint)BinaryPrimitives.ReadUInt16LittleEndian(bytes[(2 * j)..]) << 16),
            };
        }
    }
}
