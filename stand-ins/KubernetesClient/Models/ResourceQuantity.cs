using System.Globalization;
using System.Numerics;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace k8s.Models;

/// <summary>A quantity of a resource: `500m`, `2Gi`. Written in canonical form: `0.5` becomes `500m`, `1024Mi` becomes `1Gi`.</summary>
[JsonConverter(typeof(ResourceQuantityConverter))]
public class ResourceQuantity
{
    private static readonly (string Text, int Exponent)[] s_binary = [("", 0), ("Ki", 10), ("Mi", 20), ("Gi", 30), ("Ti", 40), ("Pi", 50), ("Ei", 60)];
    private static readonly (string Text, int Exponent)[] s_decimal = [("n", -9), ("u", -6), ("m", -3), ("", 0), ("k", 3), ("M", 6), ("G", 9), ("T", 12), ("P", 15), ("E", 18)];
    private static readonly BigInteger s_most = BigInteger.Pow(2, 63) - 1;

    // The value is a fraction in lowest terms, its denominator positive.
    private readonly BigInteger _numerator;
    private readonly BigInteger _denominator = BigInteger.One;

    /// <summary>From its text; null is 0.</summary>
    public ResourceQuantity(string v)
    {
        if (v is null)
        {
            Format = SuffixFormat.BinarySI;
            return;
        }
        var text = v.Trim();
        var end = text.IndexOfAny([.. "eEinumkKMGTP"]);
        var (number, suffix) = end < 0 ? (text, "") : (text[..end], text[end..]);
        var (factor, shift) = Number(number, v);
        (Format, var scale) = Suffix(suffix, v);
        (_numerator, _denominator) = Lowest(factor * scale.Numerator, BigInteger.Pow(10, shift) * scale.Denominator);
        if (Format == SuffixFormat.BinarySI && _numerator > s_most * _denominator)
            (_numerator, _denominator) = (s_most, BigInteger.One);
    }

    /// <summary>How it is written.</summary>
    public enum SuffixFormat
    {
        /// <summary>12e6</summary>
        DecimalExponent,

        /// <summary>12Mi</summary>
        BinarySI,

        /// <summary>12M</summary>
        DecimalSI,
    }

    /// <summary>How it was written.</summary>
    public SuffixFormat Format { get; private set; }

    /// <summary>From its text.</summary>
    public static implicit operator ResourceQuantity(string v) => new(v);

    /// <summary>Equal values, however written.</summary>
    public static bool operator ==(ResourceQuantity left, ResourceQuantity right) => left is null ? right is null : left.Equals(right);

    /// <summary>Unequal values.</summary>
    public static bool operator !=(ResourceQuantity left, ResourceQuantity right) => !(left == right);

    /// <summary>The value, truncated.</summary>
    public long ToInt64() => (long)(_numerator / _denominator);

    /// <summary>The value.</summary>
    public decimal ToDecimal() => (decimal)_numerator / (decimal)_denominator;

    /// <summary>Equal values, however written.</summary>
    public bool Equals(ResourceQuantity other) => other is not null && _numerator == other._numerator && _denominator == other._denominator;

    /// <inheritdoc/>
    public override bool Equals(object obj) => Equals(obj as ResourceQuantity);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_numerator, _denominator);

    /// <summary>In canonical form: the largest suffix that leaves a whole number.</summary>
    public override string ToString()
    {
        if (_numerator.IsZero)
            return "0";
        if (Format == SuffixFormat.DecimalExponent)
            return Exponential();
        // Small or broken numbers have no binary suffix.
        var binary = Format == SuffixFormat.BinarySI && _denominator.IsOne && BigInteger.Abs(_numerator) >= 1024;
        var (number, suffix) = Largest(binary ? 2 : 10, binary ? s_binary : s_decimal);
        return Text(number) + suffix;
    }

    private string Exponential()
    {
        var exponents = Enumerable.Range(-3, 40).Select(i => (Text: i == 0 ? "" : $"e{(3 * i).ToString(CultureInfo.InvariantCulture)}", Exponent: 3 * i)).ToArray();
        var (number, suffix) = Largest(10, exponents);
        return Text(number) + suffix;
    }

    private (BigInteger Number, string Suffix) Largest(int radix, (string Text, int Exponent)[] suffixes)
    {
        var (numerator, denominator) = Scaled(radix, suffixes[0].Exponent);
        // What is finer than the finest suffix is rounded up.
        var found = (BigInteger.DivRem(numerator, denominator, out var rest) + (rest.IsZero ? 0 : 1), suffixes[0].Text);
        foreach (var (text, exponent) in suffixes.Skip(1))
        {
            (numerator, denominator) = Scaled(radix, exponent);
            if (!(numerator % denominator).IsZero)
                break;
            found = (numerator / denominator, text);
        }
        return found;
    }

    private (BigInteger Numerator, BigInteger Denominator) Scaled(int radix, int exponent) =>
        exponent < 0 ? (_numerator * BigInteger.Pow(radix, -exponent), _denominator) : (_numerator, _denominator * BigInteger.Pow(radix, exponent));

    private static string Text(BigInteger number) => number.ToString(CultureInfo.InvariantCulture);

    private static (BigInteger Factor, int Shift) Number(string number, string whole)
    {
        var dot = number.IndexOf('.', StringComparison.Ordinal);
        var digits = dot < 0 ? number : number.Remove(dot, 1);
        if (!BigInteger.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var factor))
            throw new FormatException($"Unable to parse quantity \"{whole}\"");
        return (factor, dot < 0 ? 0 : number.Length - dot - 1);
    }

    private static (SuffixFormat, (BigInteger Numerator, BigInteger Denominator)) Suffix(string suffix, string whole)
    {
        foreach (var (text, exponent) in s_decimal)
        {
            if (text == suffix)
                return (SuffixFormat.DecimalSI, Power(10, exponent));
        }
        foreach (var (text, exponent) in s_binary)
        {
            if (text == suffix)
                return (SuffixFormat.BinarySI, Power(2, exponent));
        }
        if (suffix[0] is 'e' or 'E' && int.TryParse(suffix.AsSpan(1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var e))
            return (SuffixFormat.DecimalExponent, Power(10, e));
        throw new ArgumentException($"unable to parse quantity's suffix in \"{whole}\"", nameof(suffix));
    }

    private static (BigInteger Numerator, BigInteger Denominator) Power(int radix, int exponent) =>
        exponent < 0 ? (BigInteger.One, BigInteger.Pow(radix, -exponent)) : (BigInteger.Pow(radix, exponent), BigInteger.One);

    private static (BigInteger Numerator, BigInteger Denominator) Lowest(BigInteger numerator, BigInteger denominator)
    {
        var common = BigInteger.GreatestCommonDivisor(numerator, denominator);
        return (numerator / common, denominator / common);
    }
}

internal sealed class ResourceQuantityConverter : JsonConverter<ResourceQuantity>
{
    public override ResourceQuantity Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.Number ? new(reader.GetDouble().ToString(CultureInfo.InvariantCulture)) : new(reader.GetString());

    public override void Write(Utf8JsonWriter writer, ResourceQuantity value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
}
