using FedOperator.Core.Api;
using FedOperator.Core.Ledger;

namespace FedOperator.Trainer.Data;

/// <summary>What `data.partition.featureShift` makes of one client's images when they are loaded: contrast, then rotation, then noise, as another camera would.</summary>
internal sealed class FeatureShift
{
    private readonly long _seed;
    private readonly string _client;

    private FeatureShift(FeatureShiftSpec spec, long seed, PlannedClient client)
    {
        (_seed, _client) = (seed, client.Name);
        Contrast = 1 - (spec.Contrast * Amount("contrast", seed, client));
        Degrees = spec.Rotation * ((2 * Amount("rotation", seed, client)) - 1);
        Noise = spec.Noise * Amount("noise", seed, client);
    }

    /// <summary>Factor of each pixel's distance from the middle of the range.</summary>
    public double Contrast { get; }

    /// <summary>By how much images are turned, counter-clockwise.</summary>
    public double Degrees { get; }

    /// <summary>Standard deviation of the noise, the whole range being 1.</summary>
    public double Noise { get; }

    private bool IsNone => Contrast == 1 && Degrees == 0 && Noise == 0;

    /// <summary>The shift of one client.</summary>
    /// <param name="partition">The law by which it shares a data set with others.</param>
    /// <param name="seed">The job's.</param>
    /// <param name="client">Which of them it is.</param>
    /// <returns>Null: its images stay as they are, as those of a client do that shares its data set with nobody.</returns>
    public static FeatureShift? Of(PartitionSpec partition, long seed, PlannedClient client) =>
        partition.FeatureShift is { } spec && client.Shards > 1 && new FeatureShift(spec, seed, client) is { IsNone: false } shift ? shift : null;

    /// <summary>Changes images of bytes, whose range is 0 to 255: rounded once, at the end, and clamped.</summary>
    /// <param name="images">One image after the other, (C, H, W) each.</param>
    /// <param name="shape">Of an image.</param>
    /// <param name="split">They belong to.</param>
    /// <param name="items">The index of each in its split, which keys its noise.</param>
    public void Apply(Span<byte> images, IReadOnlyList<int> shape, Split split, ReadOnlySpan<int> items)
    {
        var image = new Image(shape);
        for (var i = 0; i < items.Length; i++)
        {
            var bytes = images.Slice(i * image.Values.Length, image.Values.Length);
            for (var j = 0; j < bytes.Length; j++)
                image.Values[j] = bytes[j];
            Apply(image, 255, split, items[i]);
            for (var j = 0; j < bytes.Length; j++)
                bytes[j] = (byte)Math.Clamp(Math.Round(image.Values[j]), 0, 255);
        }
    }

    /// <summary>Changes images of floating-point numbers, whose range is 0 to 1; not clamped.</summary>
    public void Apply(Span<float> images, IReadOnlyList<int> shape, Split split, ReadOnlySpan<int> items)
    {
        var image = new Image(shape);
        for (var i = 0; i < items.Length; i++)
        {
            var numbers = images.Slice(i * image.Values.Length, image.Values.Length);
            for (var j = 0; j < numbers.Length; j++)
                image.Values[j] = numbers[j];
            Apply(image, 1, split, items[i]);
            for (var j = 0; j < numbers.Length; j++)
                numbers[j] = (float)image.Values[j];
        }
    }

    private void Apply(Image image, double range, Split split, int item)
    {
        var values = image.Values;
        if (Contrast != 1)
        {
            var middle = range / 2;
            for (var j = 0; j < values.Length; j++)
                values[j] = middle + ((values[j] - middle) * Contrast);
        }
        if (Degrees != 0)
            image.Turn(Degrees);
        if (Noise == 0)
            return;
        var draws = new Draws(_seed, "featureShift/noise/" + DataSplit.Key(split), _client, index: item);
        for (var j = 0; j < values.Length; j++)
            values[j] += Noise * range * NormalDraw.Next(draws);
    }

    // From 0 to 1, evenly spaced over the clients; which client has which is drawn for each kind by itself.
    private static double Amount(string kind, long seed, PlannedClient client) =>
        (double)new Draws(seed, "featureShift/" + kind).Permutation(client.Shards)[client.Shard] / (client.Shards - 1);

    /// <summary>One image in double precision, and room to turn it.</summary>
    private sealed class Image
    {
        private readonly int _channels;
        private readonly int _height;
        private readonly int _width;
        private double[] _turned;

        public Image(IReadOnlyList<int> shape)
        {
            (_channels, _height, _width) = (shape[0], shape[1], shape[2]);
            Values = new double[_channels * _height * _width];
            _turned = new double[Values.Length];
        }

        /// <summary>(C, H, W).</summary>
        public double[] Values { get; private set; }

        /// <summary>Turns the image counter-clockwise around its middle: bilinear, and black (0) outside.</summary>
        public void Turn(double degrees)
        {
            // In half turns: exact where an image's pixels go to pixels.
            var (sine, cosine) = (double.SinPi(degrees / 180), double.CosPi(degrees / 180));
            var (middleRow, middleColumn) = ((_height - 1) / 2.0, (_width - 1) / 2.0);
            for (var r = 0; r < _height; r++)
            {
                for (var c = 0; c < _width; c++)
                {
                    var (down, right) = (r - middleRow, c - middleColumn);
                    var row = middleRow + (sine * right) + (cosine * down);
                    var column = middleColumn + (cosine * right) - (sine * down);
                    for (var channel = 0; channel < _channels; channel++)
                        _turned[(((channel * _height) + r) * _width) + c] = Between(channel, row, column);
                }
            }
            (Values, _turned) = (_turned, Values);
        }

        private double Between(int channel, double row, double column)
        {
            var (r, c) = ((int)Math.Floor(row), (int)Math.Floor(column));
            var (down, right) = (row - r, column - c);
            return ((1 - down) * (((1 - right) * At(channel, r, c)) + (right * At(channel, r, c + 1))))
                + (down * (((1 - right) * At(channel, r + 1, c)) + (right * At(channel, r + 1, c + 1))));
        }

        private double At(int channel, int r, int c) => r < 0 || r >= _height || c < 0 || c >= _width ? 0 : Values[(((channel * _height) + r) * _width) + c];
    }
}
