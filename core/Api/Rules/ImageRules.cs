using System.Globalization;

namespace FedOperator.Core.Api;

/// <summary>What data specs say of images: their format against the model, pixels and feature shift.</summary>
internal static class ImageRules
{
    /// <summary>Largest feature shift by rotation, in degrees.</summary>
    public const double LargestRotation = 180;

    // One byte a label.
    private const int IdxClasses = 256;

    // CIFAR's images.
    private static readonly int[] s_cifar = [3, 32, 32];

    /// <summary>The same for the API server, as far as the schema does not say it.</summary>
    public static readonly IReadOnlyList<CelRule> Cel =
    [
        .. Formats("idx", $"self.model.classes <= {IdxClasses}", $"spec.model.classes is more than idx labels can tell apart; give at most {IdxClasses}", ".model.classes"),
        .. Cifar("cifar10", 10),
        .. Cifar("cifar100", 100),
        .. Pixels("mean"),
        .. Pixels("deviation"),
    ];

    public static IEnumerable<Problem> Check(FederatedJobSpec spec)
    {
        foreach (var format in DataRules.Specs(spec).Select(s => s.Data.Format).Distinct())
        {
            foreach (var problem in Format(format, spec.Model))
                yield return problem;
        }
        foreach (var (field, data) in DataRules.Specs(spec))
        {
            foreach (var problem in Pixels(field + ".pixels", data.Pixels, spec.Model).Concat(Shift(field + ".partition.featureShift", data.Partition.FeatureShift)))
                yield return problem;
        }
    }

    private static IEnumerable<Problem> Format(DataFormat format, ModelSpec model)
    {
        if (format == DataFormat.Idx && model.Classes > IdxClasses)
            yield return new Problem("spec.model.classes", Text(model.Classes), "is more than idx labels can tell apart", $"give at most {IdxClasses}");
        if (CifarClasses(format) is not { } classes)
            yield break;
        if (model.Classes < classes)
            yield return new Problem("spec.model.classes", Text(model.Classes), $"is less than the files of {Name(format)} have", $"give {classes}");
        if (!model.InputShape.SequenceEqual(s_cifar))
            yield return new Problem("spec.model.inputShape", $"[{string.Join(", ", model.InputShape)}]", $"is not the shape of {Name(format)}'s images", "give [3, 32, 32]");
    }

    private static IEnumerable<Problem> Pixels(string field, PixelSpec? pixels, ModelSpec model)
    {
        foreach (var (name, numbers) in ((string, IReadOnlyList<double>?)[])[("mean", pixels?.Mean), ("deviation", pixels?.Deviation)])
        {
            if (numbers is null)
                continue;
            if (numbers.Count != 1 && (model.InputShape.Count != 3 || numbers.Count != model.InputShape[0]))
                yield return new Problem($"{field}.{name}", Text(numbers), "is not one number, or one for each channel", "give one number for all channels, or as many as spec.model.inputShape has channels");
            if (numbers.Any(number => !double.IsFinite(number)) || (name == "deviation" && numbers.Any(number => number <= 0)))
                yield return new Problem($"{field}.{name}", Text(numbers), "has a number out of range", name == "deviation" ? "give standard deviations greater than 0, of pixels from 0 to 1" : "give finite numbers, means of pixels from 0 to 1");
        }
    }

    private static IEnumerable<Problem> Shift(string field, FeatureShiftSpec? shift)
    {
        if (shift is null)
            yield break;
        if (shift.Contrast is not (>= 0 and < 1))
            yield return new Problem(field + ".contrast", Text(shift.Contrast), "is out of range", "give the largest loss of contrast, from 0 and less than 1");
        if (shift.Rotation is not (>= 0 and <= LargestRotation))
            yield return new Problem(field + ".rotation", Text(shift.Rotation), "is out of range", "give the largest angle in degrees, from 0 to 180");
        if (shift.Noise is not (>= 0 and <= 1))
            yield return new Problem(field + ".noise", Text(shift.Noise), "is out of range", "give the largest standard deviation of the noise, from 0 to 1, the whole range of a pixel being 1");
    }

    private static int? CifarClasses(DataFormat format) => format switch
    {
        DataFormat.Cifar10 => 10,
        DataFormat.Cifar100 => 100,
        _ => null,
    };

    private static IEnumerable<CelRule> Cifar(string format, int classes) =>
    [
        .. Formats(format, $"self.model.classes >= {classes}", $"spec.model.classes is less than the files of {format} have; give {classes}", ".model.classes"),
        .. Formats(format, "self.model.inputShape[0] == 3 && self.model.inputShape[1] == 32 && self.model.inputShape[2] == 32", $"spec.model.inputShape is not the shape of {format}'s images; give [3, 32, 32]", ".model.inputShape"),
    ];

    // Of the job's own data, or of a group's: one rule, one message.
    private static IEnumerable<CelRule> Formats(string format, string allowed, string message, string field) =>
        [new(typeof(FederatedJobSpec), $"({allowed}) || (self.data.format != '{format}' && self.clients.all(c, !has(c.data) || c.data.format != '{format}'))", message, field)];

    private static IEnumerable<CelRule> Pixels(string name)
    {
        const string Fix = "give one number for all channels, or as many as spec.model.inputShape has channels";
        string Fits(string data) => $"!has({data}.pixels) || !has({data}.pixels.{name}) || size({data}.pixels.{name}) == 1 || size({data}.pixels.{name}) == self.model.inputShape[0]";
        yield return new(typeof(FederatedJobSpec), Fits("self.data"), $"spec.data.pixels.{name} is not one number, or one for each channel; {Fix}", $".data.pixels.{name}");
        yield return new(typeof(FederatedJobSpec), $"self.clients.all(c, !has(c.data) || {Fits("c.data")})", $"data.pixels.{name} of a group is not one number, or one for each channel; {Fix}", ".clients");
    }

    private static string Name(DataFormat format) => System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(format.ToString());

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    private static string Text(IReadOnlyList<double> values) => $"[{string.Join(", ", values.Select(value => Text(value)))}]";
}
