using System.Buffers.Binary;
using FedOperator.Core.Ledger;

namespace FedOperator.EndToEnd.Tests.Harness;

/// <summary>A small, seeded data set as idx files: each class a noisy pattern of its own.</summary>
internal static class SmallData
{
    public const int Side = 8;
    public const int Classes = 4;

    /// <summary>Writes train and test split into a folder.</summary>
    public static void Write(string folder, int train = 240, int test = 120)
    {
        Directory.CreateDirectory(folder);
        Write(folder, "train", train);
        Write(folder, "t10k", test);
    }

    private static void Write(string folder, string split, int count)
    {
        var draws = new Draws(7, "small data/" + split);
        var patterns = new Draws(7, "small data/patterns");
        var means = Enumerable.Range(0, Classes * Side * Side).Select(_ => patterns.Below(256)).ToArray();
        var images = new byte[16 + (count * Side * Side)];
        var labels = new byte[8 + count];
        Header(images, 0x803, count, Side, Side);
        Header(labels, 0x801, count);
        for (var i = 0; i < count; i++)
        {
            var label = i % Classes;
            labels[8 + i] = (byte)label;
            for (var p = 0; p < Side * Side; p++)
                images[16 + (i * Side * Side) + p] = (byte)Math.Clamp(means[(label * Side * Side) + p] + draws.Below(160) - 80, 0, 255);
        }

        File.WriteAllBytes(Path.Join(folder, $"{split}-images-idx3-ubyte"), images);
        File.WriteAllBytes(Path.Join(folder, $"{split}-labels-idx1-ubyte"), labels);
    }

    private static void Header(byte[] file, int magic, params int[] sizes)
    {
        BinaryPrimitives.WriteInt32BigEndian(file, magic);
        for (var i = 0; i < sizes.Length; i++)
            BinaryPrimitives.WriteInt32BigEndian(file.AsSpan(4 + (4 * i)), sizes[i]);
    }
}
