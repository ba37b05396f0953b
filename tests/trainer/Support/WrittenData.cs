using System.Buffers.Binary;
using FedOperator.Core.Api;
using FedOperator.Core.Ledger;
using FedOperator.Core.Tensors;

namespace FedOperator.Trainer.Tests.Support;

/// <summary>A small data set, written in each format.</summary>
/// <param name="Images">(N, C, H, W).</param>
/// <param name="Labels">(N).</param>
/// <param name="Shape">Channels, height, width.</param>
internal sealed record WrittenData(byte[] Images, byte[] Labels, int[] Shape)
{
    /// <summary>Drawn: each image is unlike the others.</summary>
    public static WrittenData Draw(string key, int count, int classes, params int[] shape)
    {
        var draws = new Draws(1, "written data", key);
        var images = new byte[count * shape.Aggregate((a, b) => a * b)];
        for (var i = 0; i < images.Length; i++)
            images[i] = (byte)draws.Below(256);
        return new WrittenData(images, [.. Enumerable.Range(0, count).Select(i => (byte)(i % classes))], shape);
    }

    private int Length => Images.Length / Labels.Length;

    public ReadOnlySpan<byte> Image(int index) => Images.AsSpan(index * Length, Length);

    /// <summary>As MNIST's files: `split` is train or t10k.</summary>
    public void WriteIdx(string folder, string split)
    {
        int[] dimensions = Shape[0] == 1 ? [Labels.Length, Shape[1], Shape[2]] : [Labels.Length, .. Shape];
        File.WriteAllBytes(Path.Combine(folder, $"{split}-images-idx3-ubyte"), [.. Header(dimensions), .. Images]);
        File.WriteAllBytes(Path.Combine(folder, $"{split}-labels-idx1-ubyte"), [.. Header([Labels.Length]), .. Labels]);
    }

    /// <summary>As CIFAR's: records, shared out evenly over the files.</summary>
    public void WriteCifar(string folder, DataFormat format, IReadOnlyList<string> files)
    {
        var each = Labels.Length / files.Count;
        for (var f = 0; f < files.Count; f++)
        {
            using var file = File.Create(Path.Combine(folder, files[f]));
            for (var i = f * each; i < (f == files.Count - 1 ? Labels.Length : (f + 1) * each); i++)
            {
                // CIFAR-100 has a coarse label in front, which is not the one that counts.
                if (format == DataFormat.Cifar100)
                    file.WriteByte((byte)(Labels[i] / 5));
                file.WriteByte(Labels[i]);
                file.Write(Image(i));
            }
        }
    }

    /// <summary>As `split`.safetensors.</summary>
    public void WriteSafetensors(string folder, string split) =>
        WriteSafetensors(folder, split, (new TensorHeader("x", DType.U8, Dimensions), Images), (new TensorHeader("y", DType.U8, [Labels.Length]), Labels));

    public static void WriteSafetensors(string folder, string split, params (TensorHeader Header, ReadOnlyMemory<byte> Data)[] tensors) =>
        File.WriteAllBytes(Path.Combine(folder, split + ".safetensors"), SafetensorsContent.Write(tensors));

    /// <summary>N, C, H, W.</summary>
    public long[] Dimensions => [Labels.Length, .. Shape.Select(size => (long)size)];

    private static byte[] Header(int[] dimensions)
    {
        var header = new byte[4 + (4 * dimensions.Length)];
        (header[2], header[3]) = (8, (byte)dimensions.Length);
        for (var i = 0; i < dimensions.Length; i++)
            BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4 + (4 * i)), dimensions[i]);
        return header;
    }
}
