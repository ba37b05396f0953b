using FedOperator.Core.Api;
using FedOperator.Core.Ledger;
using FedOperator.Trainer.Data;
using FedOperator.Trainer.Tests.Support;
using FedOperator.Trainer.Training;

namespace FedOperator.Trainer.Tests.Data;

public sealed class FeatureShiftTests : IDisposable
{
    private const long Seed = 7;
    private static readonly int[] s_shape = [2, 6, 6];
    private readonly Folder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Each_client_gets_another_one_of_evenly_spaced_amounts_for_each_kind_by_itself()
    {
        var shifts = Enumerable.Range(0, 5).Select(shard => Shift(new FeatureShiftSpec { Contrast = 0.8, Rotation = 40, Noise = 0.2 }, shard, 5)).ToList();
        Assert.Equal([0.2, 0.4, 0.6, 0.8, 1], shifts.Select(s => s?.Contrast ?? 1).Order(), Near);
        Assert.Equal([-40, -20, 0, 20, 40], shifts.Select(s => s?.Degrees ?? 0).Order(), Near);
        Assert.Equal([0, 0.05, 0.1, 0.15, 0.2], shifts.Select(s => s?.Noise ?? 0).Order(), Near);

        // Drawn apart: no client has the same place in all three, for some seed; and another seed draws otherwise.
        int[] Places(long seed, Func<FeatureShift, double> amount) => [.. Enumerable.Range(0, 5).OrderBy(shard => amount(Shift(new FeatureShiftSpec { Contrast = 0.8, Rotation = 40.1, Noise = 0.2 }, shard, 5, seed)!))];
        Assert.NotEqual(Places(Seed, s => s.Degrees), Places(Seed, s => s.Noise));
        Assert.NotEqual(Places(Seed, s => s.Degrees), Places(Seed + 1, s => s.Degrees));
    }

    [Fact]
    public void Contrast_moves_each_pixel_towards_the_middle()
    {
        var (bytes, numbers) = (Bytes(), Numbers());
        var shift = Shift(new FeatureShiftSpec { Contrast = 0.7 }, 0, 2) ?? Shift(new FeatureShiftSpec { Contrast = 0.7 }, 1, 2)!;
        Assert.Equal(0.3, shift.Contrast, 1e-12);
        Assert.Equal(bytes.Select(x => (byte)Math.Round(127.5 + ((x - 127.5) * shift.Contrast))), Applied(shift, bytes));
        Assert.Equal(numbers.Select(x => (float)(0.5 + ((x - 0.5) * shift.Contrast))), Applied(shift, numbers));
    }

    [Theory]
    [InlineData(90)]
    [InlineData(180)]
    public void A_square_image_turned_by_quarters_is_its_pixels_elsewhere(double degrees)
    {
        // Two clients: one turned by -degrees, the other by +degrees.
        foreach (var shift in Enumerable.Range(0, 2).Select(shard => Shift(new FeatureShiftSpec { Rotation = degrees }, shard, 2)!))
        {
            Assert.Equal(degrees, Math.Abs(shift.Degrees));
            var (bytes, numbers) = (Bytes(), Numbers());
            Assert.Equal(Quarters(bytes, shift.Degrees), Applied(shift, bytes));
            Assert.Equal(Quarters(numbers, shift.Degrees), Applied(shift, numbers));
        }
    }

    [Fact]
    public async Task Any_angle_is_bilinear_with_black_around_as_torch_has_it()
    {
        int[] shape = [3, 9, 12];
        var images = new float[4 * 3 * 9 * 12];
        var draws = new Draws(3, "images");
        for (var i = 0; i < images.Length; i++)
            images[i] = (float)draws.Uniform();
        var shift = Shift(new FeatureShiftSpec { Rotation = 33.7 }, 0, 2)!;
        _folder.WriteCase(".", new { degrees = shift.Degrees });
        await _folder.WriteAsync("in.safetensors", [TensorContent.Of("images", [.. images.Select(x => (double)x)], 4, 3, 9, 12)]);
        Python.Run("rotation.py", _folder.Path);
        var expected = Close.Values((await _folder.ReadAsync("out.safetensors"))["images"]);

        shift.Apply(images.AsSpan(), shape, Split.Train, [0, 1, 2, 3]);
        var actual = images.Select(x => (double)x).ToArray();
        Assert.True(Close.Distance(expected, actual) < 1e-6, $"{Close.Distance(expected, actual)}");

        // The other way round is another image.
        _folder.WriteCase(".", new { degrees = -shift.Degrees });
        Python.Run("rotation.py", _folder.Path);
        Assert.True(Close.Distance(Close.Values((await _folder.ReadAsync("out.safetensors"))["images"]), actual) > 0.1);
    }

    [Fact]
    public void Noise_has_the_deviation_that_is_said_and_each_image_its_own()
    {
        var shift = Enumerable.Range(0, 3).Select(shard => Shift(new FeatureShiftSpec { Noise = 0.2 }, shard, 3)).Single(s => s?.Noise is > 0.05 and < 0.15)!;
        var images = new float[2 * 60 * 60];
        shift.Apply(images.AsSpan(), [1, 60, 60], Split.Train, [5, 9]);
        Assert.InRange(images.Average(), -0.005, 0.005);
        // 7,200 draws: the deviation of their deviation is 0.1 / sqrt(14,400), less than a hundredth of it.
        Assert.InRange(Math.Sqrt(images.Average(x => (double)x * x)), 0.096, 0.104);
        Assert.InRange(images.Max(x => Math.Abs(x)), 0.3, 0.6);

        // By image and split, whatever is loaded beside it.
        var alone = new float[60 * 60];
        shift.Apply(alone.AsSpan(), [1, 60, 60], Split.Train, [9]);
        Assert.Equal(images[3600..], alone);
        Assert.NotEqual(images[..3600], alone);
        var test = new float[60 * 60];
        shift.Apply(test.AsSpan(), [1, 60, 60], Split.Test, [9]);
        Assert.NotEqual(alone, test);

        // Bytes in units of their own range, clamped.
        var bytes = Enumerable.Repeat((byte)128, 60 * 60).ToArray();
        shift.Apply(bytes.AsSpan(), [1, 60, 60], Split.Train, [9]);
        Assert.InRange(Math.Sqrt(bytes.Average(x => Math.Pow(x - 128, 2))), 24, 27);
        Assert.All(alone.Zip(bytes), pair => Assert.InRange(pair.Second, Math.Clamp(128 + (255 * pair.First), 0, 255) - 0.51, Math.Clamp(128 + (255 * pair.First), 0, 255) + 0.51));
    }

    [Fact]
    public void A_client_that_gets_nothing_of_each_has_its_images_to_the_bit()
    {
        Assert.Null(FeatureShift.Of(new PartitionSpec(), Seed, Client(new PartitionSpec(), 0, 3)));
        Assert.All(Enumerable.Range(0, 3), shard => Assert.Null(Shift(new FeatureShiftSpec(), shard, 3)));
        // Contrast of 1 and noise of 0 for one of three each; the middle one is not turned.
        Assert.Single(Enumerable.Range(0, 3), shard => Shift(new FeatureShiftSpec { Contrast = 0.5 }, shard, 3) is null);
        Assert.Single(Enumerable.Range(0, 3), shard => Shift(new FeatureShiftSpec { Rotation = 90 }, shard, 3) is null);
        // Who shares with nobody.
        Assert.Null(Shift(new FeatureShiftSpec { Contrast = 0.5, Rotation = 9, Noise = 1 }, 0, 1));
    }

    [Fact]
    public void It_is_done_to_both_splits_when_they_are_loaded_and_the_same_each_time()
    {
        var train = WrittenData.Draw("train", 12, 3, 1, 4, 4);
        train.WriteIdx(_folder.Path, "train");
        train.WriteIdx(_folder.Path, "t10k");
        var plan = Plans.Small() with { Model = new ModelSpec { Classes = 3, InputShape = [1, 4, 4] } };
        var partition = new PartitionSpec { FeatureShift = new FeatureShiftSpec { Contrast = 0.9, Rotation = 45, Noise = 0.3 } };
        double[] Load(PartitionSpec by, Func<ClientData, Samples> split)
        {
            var samples = split(ClientData.Load(_folder.Path, plan, Client(by, 1, 3)));
            var inputs = new double[samples.Count * 16];
            samples.Normalize([.. Enumerable.Range(0, samples.Count)], inputs.AsSpan());
            return inputs;
        }
        foreach (var split in (Func<ClientData, Samples>[])[d => d.Train, d => d.Test])
        {
            Assert.Equal(Load(partition, split), Load(partition, split));
            Assert.NotEqual(Load(new PartitionSpec(), split), Load(partition, split));
        }
    }

    private static bool Near(double a, double b) => Math.Abs(a - b) < 1e-12;

    private static FeatureShift? Shift(FeatureShiftSpec spec, int shard, int shards, long seed = Seed)
    {
        var partition = new PartitionSpec { FeatureShift = spec };
        return FeatureShift.Of(partition, seed, Client(partition, shard, shards));
    }

    private static PlannedClient Client(PartitionSpec partition, int shard, int shards) => new("a", false, DataFormat.Idx, partition, shard, shards);

    private static byte[] Bytes() => WrittenData.Draw("bytes", 2, 2, s_shape).Images;

    private static float[] Numbers() => [.. Bytes().Select(x => x / 255f)];

    private static byte[] Applied(FeatureShift shift, byte[] images)
    {
        var changed = (byte[])images.Clone();
        shift.Apply(changed.AsSpan(), s_shape, Split.Train, [0, 1]);
        return changed;
    }

    private static float[] Applied(FeatureShift shift, float[] images)
    {
        var changed = (float[])images.Clone();
        shift.Apply(changed.AsSpan(), s_shape, Split.Train, [0, 1]);
        return changed;
    }

    /// <summary>numpy's rot90: counter-clockwise, a quarter at a time.</summary>
    private static T[] Quarters<T>(T[] images, double degrees)
    {
        for (var turns = (int)Math.Round((360 + degrees) / 90) % 4; turns > 0; turns--)
            images = [.. Enumerable.Range(0, images.Length).Select(i => images[(i / 36 * 36) + (i % 6 * 6) + 5 - (i / 6 % 6)])];
        return images;
    }
}
