using System.Numerics;
using FedOperator.Core.Api;

namespace FedOperator.Trainer.Data;

/// <summary>One shard of one split, in memory: images (N, C, H, W), as bytes or as float32, and labels (N).</summary>
/// <remarks>Pixels become inputs when a batch is made (<see cref="PixelScale"/>): bytes take a quarter of the room.</remarks>
public sealed class Samples
{
    // One of the two.
    private readonly byte[]? _bytes;
    private readonly float[]? _numbers;
    private readonly ushort[] _labels;
    private readonly PixelScale _scale;
    private readonly int _imageLength;

    /// <summary>A shard of <paramref name="labels"/>.Length samples, scaled as idx files usually are.</summary>
    /// <param name="images">One image after the other, (C, H, W) each.</param>
    /// <param name="labels">The class of each image.</param>
    /// <param name="imageShape">Channels, height, width.</param>
    public Samples(byte[] images, byte[] labels, IReadOnlyList<int> imageShape)
        : this(images, Array.ConvertAll(labels, label => (ushort)label), imageShape, PixelScale.Of(DataFormat.Idx, bytes: true, null, imageShape[0]))
    {
    }

    /// <summary>A shard of images of bytes.</summary>
    public Samples(byte[] images, ushort[] labels, IReadOnlyList<int> imageShape, PixelScale scale)
        : this(images, null, labels, imageShape, scale)
    {
    }

    /// <summary>A shard of images of floating-point numbers.</summary>
    public Samples(float[] images, ushort[] labels, IReadOnlyList<int> imageShape, PixelScale scale)
        : this(null, images, labels, imageShape, scale)
    {
    }

    private Samples(byte[]? bytes, float[]? numbers, ushort[] labels, IReadOnlyList<int> imageShape, PixelScale scale)
    {
        (_bytes, _numbers, _labels, ImageShape, _scale) = (bytes, numbers, labels, imageShape, scale);
        _imageLength = imageShape.Aggregate(1, (product, size) => product * size);
        var length = bytes?.Length ?? numbers!.Length;
        if (length != (long)labels.Length * _imageLength)
            throw new ArgumentException($"{length} pixels for {labels.Length} labels of [{string.Join(", ", imageShape)}]", nameof(labels));
    }

    /// <summary>Number of samples.</summary>
    public int Count => _labels.Length;

    /// <summary>Channels, height, width.</summary>
    public IReadOnlyList<int> ImageShape { get; }

    /// <summary>The class of each sample.</summary>
    public ReadOnlySpan<ushort> Labels => _labels;

    /// <summary>Writes the float32 inputs of some images, (indices.Length, C, H, W).</summary>
    /// <param name="indices">Which.</param>
    /// <param name="images">Written.</param>
    /// <param name="changes">What augmentation makes of each; empty: they stay as they are.</param>
    public void Normalize(ReadOnlySpan<int> indices, Span<float> images, ReadOnlySpan<ImageChange> changes = default) => Gather(indices, images, _bytes is null ? [] : _scale.Floats, changes);

    /// <summary>The same as float64.</summary>
    public void Normalize(ReadOnlySpan<int> indices, Span<double> images, ReadOnlySpan<ImageChange> changes = default) => Gather(indices, images, _bytes is null ? [] : _scale.Doubles, changes);

    /// <summary>Some of the samples, in the order of the indices.</summary>
    public Samples Take(ReadOnlySpan<int> indices)
    {
        var labels = new ushort[indices.Length];
        for (var i = 0; i < indices.Length; i++)
            labels[i] = _labels[indices[i]];
        return _bytes is not null
            ? new Samples(Pick(_bytes, indices), labels, ImageShape, _scale)
            : new Samples(Pick(_numbers!, indices), labels, ImageShape, _scale);
    }

    /// <summary>All samples of several sets, one set after the other. Where pixels are bytes in one and numbers in another, or scaled otherwise, what is kept are the inputs as float32.</summary>
    /// <param name="sets">At least one, with images of one shape.</param>
    public static Samples Join(IReadOnlyList<Samples> sets)
    {
        ushort[] labels = [.. sets.SelectMany(s => s._labels)];
        var first = sets[0];
        if (sets.Any(s => (s._bytes is null) != (first._bytes is null) || !s._scale.IsSameAs(first._scale)))
            return new Samples(sets.SelectMany(s => s.Inputs()).ToArray(), labels, first.ImageShape, PixelScale.Identity);
        return first._bytes is not null
            ? new Samples(sets.SelectMany(s => s._bytes!).ToArray(), labels, first.ImageShape, first._scale)
            : new Samples(sets.SelectMany(s => s._numbers!).ToArray(), labels, first.ImageShape, first._scale);
    }

    private float[] Inputs()
    {
        var inputs = new float[Count * _imageLength];
        Normalize([.. Enumerable.Range(0, Count)], inputs.AsSpan());
        return inputs;
    }

    private T[] Pick<T>(T[] images, ReadOnlySpan<int> indices)
    {
        var picked = new T[(long)indices.Length * _imageLength];
        for (var i = 0; i < indices.Length; i++)
            images.AsSpan(indices[i] * _imageLength, _imageLength).CopyTo(picked.AsSpan(i * _imageLength));
        return picked;
    }

    private void Gather<T>(ReadOnlySpan<int> indices, Span<T> images, T[][] tables, ReadOnlySpan<ImageChange> changes)
        where T : unmanaged, INumberBase<T>
    {
        if (images.Length != indices.Length * _imageLength)
            throw new ArgumentException($"room for {images.Length} values, but {indices.Length} images of {_imageLength}", nameof(images));
        var unchanged = changes.IsEmpty ? [] : new T[_imageLength];
        for (var i = 0; i < indices.Length; i++)
        {
            var target = images.Slice(i * _imageLength, _imageLength);
            var input = changes.IsEmpty ? target : unchanged;
            if (_bytes is not null)
                LookUp(_bytes.AsSpan(indices[i] * _imageLength, _imageLength), input, tables);
            else
                Scale(_numbers.AsSpan(indices[i] * _imageLength, _imageLength), input);
            if (!changes.IsEmpty)
                Change(input, target, tables, changes[i]);
        }
    }

    private static void LookUp<T>(ReadOnlySpan<byte> pixels, Span<T> input, T[][] tables)
    {
        var length = pixels.Length / tables.Length;
        for (var channel = 0; channel < tables.Length; channel++)
        {
            var table = tables[channel];
            var from = pixels.Slice(channel * length, length);
            var to = input.Slice(channel * length, length);
            for (var j = 0; j < from.Length; j++)
                to[j] = table[from[j]];
        }
    }

    private void Scale<T>(ReadOnlySpan<float> pixels, Span<T> input)
        where T : unmanaged, INumberBase<T>
    {
        var length = pixels.Length / ImageShape[0];
        for (var j = 0; j < pixels.Length; j++)
            input[j] = T.CreateTruncating(_scale.Input(j / length, pixels[j]));
    }

    // Black is what a pixel of 0 becomes, channel by channel.
    private void Change<T>(ReadOnlySpan<T> input, Span<T> target, T[][] tables, ImageChange change)
        where T : unmanaged, INumberBase<T>
    {
        var (height, width) = (ImageShape[1], ImageShape[2]);
        for (var row = 0; row < ImageShape[0] * height; row++)
        {
            var (channel, from) = (row / height, (row % height) + change.Down);
            var line = target.Slice(row * width, width);
            line.Fill(_bytes is null ? T.CreateTruncating(_scale.Input(channel, 0)) : tables[tables.Length == 1 ? 0 : channel][0]);
            if (from < 0 || from >= height)
                continue;
            // A window to the right loses what is left of it.
            var source = input.Slice(((channel * height) + from) * width, width);
            if (change.Right >= 0)
                source[Math.Min(change.Right, width)..].CopyTo(line);
            else
                source[..Math.Max(width + change.Right, 0)].CopyTo(line[Math.Min(-change.Right, width)..]);
            if (change.Mirrored)
                line.Reverse();
        }
    }
}
