using System.Globalization;

namespace Winnow.Server.Ui;

/// <summary>Words in the language of who will read them, which need not be that of who is asking just now.</summary>
public static class Speak
{
    /// <summary>What is said, in this language: “en” or “nl”.</summary>
    public static T In<T>(string language, Func<T> say)
    {
        var (culture, ui) = (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture);
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo(language);
            return say();
        }
        finally { (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture) = (culture, ui); }
    }
}
